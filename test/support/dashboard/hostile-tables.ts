import type { Tables } from './fake-tables.ts'

/** Texts that a page must show, and neither run, nor follow, nor choke on. */
const TEXTS = [
  '<script>document.title = "run"; alert(1)</script>',
  '<img src=x onerror=alert(2)><svg onload=alert(3)>',
  'javascript:alert(4)',
  '\u202e\u2066gnp.exe\u2069 \u200f',
  'a\nb\r\nc\u0000d\u2028e',
  '"><a href="javascript:alert(5)">x</a>',
  "constructor'__proto__",
]

/** Members that the pages decide by, or whose values they take for a date: the server makes these. */
const KEPT =
  /^(state|severity|role|kind|verdict|type|rule|service|day|.*[aA]t|since|until|unownedSince|oldest|lateSince|nextAttempt|range|op)$/

/** Puts a hostile text into every text that a user, an event or another process may have chosen. */
export function hostileTables(tables: Tables): Tables {
  let count = 0
  const hostile = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return KEPT.test(name) ? value : `${TEXTS[count++ % TEXTS.length]} ${count}`
    if (Array.isArray(value)) return value.map((one) => hostile(one, name))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hostile(member, key)]))
  }
  const changed = hostile(tables, '') as Tables
  const [first] = Object.values(tables.parked)
  if (first === undefined) return changed
  const error = { code: 'HandlerFailed', message: '<b>\u202e'.repeat(65_000) }
  return {
    ...changed,
    parked: { ...changed.parked, 'long:1 k': { ...first, projection: 'long', version: 1, key: 'k', error } },
  }
}
