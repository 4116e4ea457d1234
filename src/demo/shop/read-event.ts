import { isJsonObject, type Json, type JsonObject } from '../../core/json/json.ts'

/*
 * What the shop makes of plain JSON. Senders spell the same thing differently, so names are compared without case and
 * separators (`user_id`, `userId`, `USER-ID`), and members may be inside one of CONTAINERS. What was sent stays as it
 * is; what is recognised is added in the shop's own spelling.
 */

/** An event as it was sent, with the members that rules read. */
export type ShopEvent = {
  /** One of the shop's own types, or the type as it was sent. */
  readonly type: string
  /** The sender's own id of the event. */
  readonly id?: string
  readonly userId?: string
  /** When it happened: ISO 8601 in UTC. */
  readonly time?: string
  readonly data: JsonObject
}

const CONTAINERS = ['data', 'payload', 'properties', 'attributes', 'body']

// Paths, the best one first. Of a list, the last item counts.
const TYPE = ['type', 'event_type', 'event_name', 'event']
const ID = ['id', 'event_id', 'uuid']
const TIME = ['timestamp', 'time', 'ts', 'occurred_at', 'created_at', 'event_time', 'date']
const USER = ['user_id', 'user.id', 'user.user_id', 'user', 'uid', 'customer_id', 'customer.id', 'customer']
const PRODUCT = ['product', 'item', 'line_item', 'products', 'items'].flatMap((one) => [
  `${one}_id`,
  ...['id', 'product_id', 'item_id', 'sku', 'name'].map((member) => `${one}.${member}`),
  ...[`${one}_sku`, `${one}_name`, one],
])
const ORDER = ['order', 'purchase', 'checkout', 'transaction'].flatMap((one) => [
  ...[`${one}_id`, `${one}.id`, `${one}.order_id`, `${one}_number`, `${one}.number`, one],
])

/** The words of each type: it must have one of each list of `needed`, and may have others of `words`. */
const TYPES = [
  { type: 'UserLoggedIn', needed: [['login', 'signin']], words: [] },
  {
    type: 'ProductAdded',
    needed: [['add'], ['product', 'item', 'cart', 'basket', 'bag']],
    words: ['to', 'in', 'into'],
  },
  {
    type: 'OrderPlaced',
    needed: [
      ['order', 'purchase', 'checkout'],
      ['place', 'complete', 'create', 'submit', 'confirm', 'purchase', 'checkout'],
    ],
    words: [],
  },
] as const
// Words that only say whose event it is, or that it is one.
const NOISE = new Set('user customer event events shop store ecommerce com org io v1 successful success'.split(' '))

/** Reads an event. @returns undefined if it has no type */
export function readShopEvent(sent: JsonObject): ShopEvent | undefined {
  const members = byPlainName(sent)
  const nested = CONTAINERS.map((name) => members.get(name)).filter(isJsonObject)
  const places = [members, ...nested.map(byPlainName)]
  const given = textOf(find([members], TYPE))
  if (given === undefined) return undefined
  const type = typeOf(given)
  const id = textOf(find([members], ID))
  // As in the subject `user:456`.
  const userId = textOf(find(places, USER)) ?? /^user[:/-](.+)$/i.exec(textOf(members.get('subject')) ?? '')?.[1]
  const time = timeOf(find(places, TIME))
  const product = type === 'ProductAdded' ? find(places, PRODUCT) : undefined
  const order = type === 'OrderPlaced' ? find(places, ORDER) : undefined
  return {
    type: type ?? given,
    ...(id !== undefined && { id }),
    ...(userId !== undefined && { userId }),
    ...(time !== undefined && { time }),
    data: {
      ...sent,
      ...(type !== undefined && { type: given }),
      ...(time !== undefined && { timestamp: time }),
      ...(userId !== undefined && { user_id: userId }),
      ...(product !== undefined && { product_id: product }),
      ...(order !== undefined && { order_id: order }),
    },
  }
}

type Members = ReadonlyMap<string, Json | undefined>

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

const byPlainName = (object: JsonObject): Members =>
  new Map(Object.entries(object).map(([name, value]) => [plain(name), value]))

/** The first text or number that one of the paths leads to. */
function find(places: readonly Members[], paths: readonly string[]): string | number | undefined {
  for (const path of paths) {
    const [first = '', second] = path.split('.').map(plain)
    for (const place of places) {
      const found = place.get(first)
      const one = Array.isArray(found) ? found.at(-1) : found
      const value = second === undefined ? one : isJsonObject(one) ? byPlainName(one).get(second) : undefined
      if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) return value
    }
  }
  return undefined
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined

/** The shop's own type that a type is a spelling of, if it is one. */
function typeOf(given: string): string | undefined {
  const words = given
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map(stemOf)
    .filter((word) => word !== '' && !NOISE.has(word))
    .join(' ')
    .replace(/\b(log|sign)(?:ge)? in\b/, '$1in')
    .replace(/\bcheck out\b/, 'checkout')
    .split(' ')
  return TYPES.find(
    ({ needed, words: others }) =>
      needed.every((list) => words.some((word) => list.some((one) => one === word))) &&
      words.every((word) => [...needed.flat(), ...others].some((one) => one === word)),
  )?.type
}

/** `added` to `add`, `items` to `item`. */
const stemOf = (word: string): string =>
  word
    .replace(/^(log|submit)[gt]ed$/, '$1')
    .replace(/^(add|sign|confirm|checkout)(?:ed|s)$/, '$1')
    .replace(/^(place|complete|create|purchase)[ds]$/, '$1')
    .replace(/^(product|item|order)s$/, '$1')

// A larger number is milliseconds: as seconds, it would be in the year 5138.
const MOST_SECONDS = 1e11
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i

/** A time in UTC. A time without a zone is UTC, and a date is its first moment. */
function timeOf(value: string | number | undefined): string | undefined {
  const text = String(value ?? '').trim()
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  const [, date, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? []
  const offset = /^[Zu]/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  const time =
    number === undefined ? Date.parse(`${date}T${clock}${offset}`) : number < MOST_SECONDS ? number * 1_000 : number
  return time >= 0 && time <= LAST ? new Date(time).toISOString() : undefined
}
