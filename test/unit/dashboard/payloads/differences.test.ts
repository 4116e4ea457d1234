import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Json, setMember } from '../../../../src/core/json/json.ts'
import { diffLines, MOST_LINES } from '../../../../src/dashboard/payloads/diff-lines.ts'
import { type Difference, differences } from '../../../../src/dashboard/payloads/differences.ts'

/** Applies a difference as JSON Patch does. */
function apply(target: Json, difference: Difference): Json {
  const tokens = difference.path.split('/').slice(1)
  const put = (value: Json, [token, ...rest]: readonly string[]): Json => {
    if (token === undefined) return difference.op === 'remove' ? null : difference.after
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) {
      const [copy, at] = [[...value], Number(name)]
      if (rest.length > 0) copy[at] = put(copy[at], rest)
      else if (difference.op === 'remove') copy.splice(at, 1)
      else if (difference.op === 'add') copy.splice(at, 0, difference.after)
      else copy[at] = difference.after
      return copy
    }
    const members = Object.entries(value as object).filter(([one]) => one !== name || rest.length > 0)
    const copy: { [name: string]: Json } = {}
    for (const [one, member] of members) setMember(copy, one, one === name ? put(member, rest) : member)
    if (rest.length === 0 && difference.op !== 'remove') setMember(copy, name, difference.after)
    return copy
  }
  return put(target, tokens)
}

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>
// Values that share parts, so that they differ deep inside.
const names = fc.constantFrom('a', 'b', 'a/b', '~', '~1', '', '__proto__', 'toString')
const related = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(1, 2, 'x', null, true),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(names, tie('node'), { maxKeys: 4 }),
  ),
})).node as fc.Arbitrary<Json>

it.each([
  ['any JSON', json],
  ['JSON with hostile names', related],
])('applied in order, the differences turn one value into the other: %s', (_, values) => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const { found, more } = differences(before, after, Number.POSITIVE_INFINITY)
      expect(more).toBe(0)
      expect(found.reduce(apply, before)).toEqual(after)
    }),
    { numRuns: 500 },
  )
})

it('finds nothing where only the order of members differs', () => {
  expect(differences({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, 10).found).toEqual([])
})

it('names a member by a JSON pointer', () => {
  expect(diffLines({ 'a/b': { '~c': 1 } }, { 'a/b': { '~c': 2 } }, 'full')).toEqual([
    { op: 'change', path: '/a~1b/~0c', before: '1', after: '2' },
  ])
})

it('lists so many lines, and counts the rest', () => {
  const after = Array.from({ length: MOST_LINES + 7 }, (_, i) => i)
  const lines = diffLines([], after, 'full')
  expect(lines).toHaveLength(MOST_LINES + 1)
  expect(lines.at(-1)).toEqual({ op: 'more', path: '', count: 7 })
})

it('shows no values where only keys are shown, and no paths where nothing is', () => {
  const [before, after] = [{ secret: 'needle' }, { secret: 'noodle', other: 3 }]
  expect(diffLines(before, after, 'keys')).toEqual([
    { op: 'change', path: '/secret', before: 'string', after: 'string' },
    { op: 'add', path: '/other', after: 'number' },
  ])
  expect(diffLines(before, after, 'none')).toEqual([{ op: 'more', path: '', count: 2 }])
})

it('cuts long values and escapes what is invisible', () => {
  const [line] = diffLines({ 'k\u202e': 1 }, { 'k\u202e': 'y'.repeat(9_999) }, 'full')
  expect(line?.path).toBe('/k\\u202e')
  expect(JSON.stringify(line).length).toBeLessThan(2_200)
})
