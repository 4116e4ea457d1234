import type { Json } from '../../src/core/json/json.ts'
import type { Filter } from '../../src/core/reading/filter.ts'
import type { FieldPath, FieldValue, ViewFilter } from '../../src/core/reading/view-filter.ts'
import type { ProjectionRef } from '../../src/views/projection-ref.ts'
import type { Views } from '../../src/views/views.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

interface Place {
  readonly city: string
  readonly geo: { readonly latitude: number } | null
}

type Order = {
  readonly turnover: number
  readonly status: 'new' | 'paid'
  readonly note?: string
  readonly coupon: string | null
  readonly isGift: boolean
  readonly address?: Place
  readonly tags: readonly string[]
  readonly lines: readonly { readonly sku: string }[]
}
declare const orders: ProjectionRef<Order>

isTrue<
  Same<
    FieldPath<Order>,
    ('turnover' | 'status' | 'note' | 'coupon' | 'isGift') | ('address.city' | 'address.geo' | 'address.geo.latitude')
  >
>()
isTrue<Same<FieldValue<Order, 'status'>, 'new' | 'paid'>>()
isTrue<Same<FieldValue<Order, 'note'>, string>>()
isTrue<Same<FieldValue<Order, 'coupon'>, string | null>>()
isTrue<Same<FieldValue<Order, 'address.geo.latitude'>, number>>()
isTrue<Same<FieldValue<Order, 'address.geo'>, null>>()

export async function queryOrders(views: Views): Promise<void> {
  await views.query(orders)
  await views.query(orders, { where: {}, limit: 10, after: 'token' })
  await views.query(orders, { where: { turnover: 42, status: 'new', note: 'x', coupon: null, isGift: true } })
  await views.query(orders, { where: { turnover: { gte: 5, lt: 9, ne: 7 }, status: { in: ['new', 'paid'], gt: 'a' } } })
  await views.query(orders, { where: { coupon: { ne: null, in: ['x', null] }, 'address.geo.latitude': { gt: 51 } } })
  await views.query(orders, { where: { isGift: true, or: [{ turnover: 1 }, { note: 'x', or: [{ status: 'paid' }] }] } })
  await views.query(orders, { orderBy: { field: 'address.city', direction: 'descending' } })
  await views.count(orders, { where: { status: { ne: 'paid' } } })
  const filter: ViewFilter<Order> = Math.random() > 0.5 ? { turnover: 1 } : {}
  const { items } = await views.query(orders, { where: { ...filter, ...(Math.random() > 0.5 && { note: 'x' }) } })
  isTrue<Same<(typeof items)[number], Order>>()

  // @ts-expect-error a misspelled field
  await views.query(orders, { where: { turnver: 42 } })
  // @ts-expect-error a misspelled member
  await views.query(orders, { where: { 'address.cty': 'x' } })
  // @ts-expect-error a value of another type
  await views.query(orders, { where: { turnover: '42' } })
  // @ts-expect-error not among the values
  await views.query(orders, { where: { status: 'pid' } })
  // @ts-expect-error a field that is never null
  await views.query(orders, { where: { note: null } })
  // @ts-expect-error no such operator
  await views.query(orders, { where: { turnover: { greater: 42 } } })
  // @ts-expect-error a bound of another type
  await views.query(orders, { where: { turnover: { gt: '42' } } })
  // @ts-expect-error booleans have no order
  await views.query(orders, { where: { isGift: { gt: false } } })
  // @ts-expect-error a list without an operator
  await views.query(orders, { where: { turnover: [1, 2] } })
  // @ts-expect-error a value of another type in a list
  await views.query(orders, { where: { turnover: { in: [1, '2'] } } })
  // @ts-expect-error a misspelled field in an alternative
  await views.query(orders, { where: { or: [{ turnover: 1 }, { turnver: 2 }] } })
  // @ts-expect-error alternatives are a list
  await views.query(orders, { where: { or: { turnover: 1 } } })
  // @ts-expect-error an array equals nothing
  await views.query(orders, { where: { tags: 'x' } })
  // @ts-expect-error paths do not lead into arrays
  await views.query(orders, { where: { 'lines.sku': 'x' } })
  // @ts-expect-error an object equals nothing
  await views.query(orders, { where: { address: 'x' } })
  // @ts-expect-error a misspelled field
  await views.query(orders, { orderBy: { field: 'turnver' } })
  // @ts-expect-error a misspelled direction
  await views.query(orders, { orderBy: { field: 'turnover', direction: 'down' } })
  // @ts-expect-error a misspelled field
  await views.count(orders, { where: { turnver: 42 } })
  // @ts-expect-error a count has no order
  await views.count(orders, { orderBy: { field: 'turnover' } })
}

// Of a union, what any of its members has.
type Shape = { readonly kind: 'circle'; readonly radius: number } | { readonly kind: 'square'; readonly side: string }
isTrue<Same<FieldPath<Shape>, 'kind' | 'radius' | 'side'>>()
isTrue<Same<FieldValue<Shape, 'kind'>, 'circle' | 'square'>>()
isTrue<Same<FieldValue<{ readonly of: Shape }, 'of.side'>, string>>()

// Types that contain themselves.
type Tree = { readonly name: string; readonly left?: Tree; readonly right?: Tree }
const tree: ViewFilter<Tree> = { 'left.right.name': 'x', 'left.left.left.left.left.name': 'x' }
// @ts-expect-error a value of another type
const wrongTree: ViewFilter<Tree> = { 'left.right.name': 1 }

// What is open takes any path, and any value that can be compared.
type Open = {
  readonly n: number
  readonly json: Json
  // biome-ignore lint/suspicious/noExplicitAny: it is what is tried
  readonly any: any
  readonly unknown: unknown
  readonly days: { readonly [date: string]: number }
  readonly byId: { readonly [id: string]: { readonly n: number } }
}
const open: ViewFilter<Open> = {
  json: 1,
  'json.a.b': { in: [null, 'x'] },
  any: 'x',
  'any.a': true,
  unknown: null,
  'unknown.a.b': { gt: 'x' },
  'days.d2026': { gte: 3 },
  'byId.x.n': 3,
}
// @ts-expect-error a value of another type
const wrongDay: ViewFilter<Open> = { 'days.d2026': 'x' }
// @ts-expect-error a misspelled field beside open ones
const wrongOpen: ViewFilter<Open> = { m: 1 }
const filter: Filter = { a: 1, 'b.c': { in: [null] }, or: [{ d: { ne: 'x' } }] }
const unknown: ViewFilter<unknown> = filter
const record: ViewFilter<{ readonly [name: string]: string }> = filter
// biome-ignore lint/suspicious/noExplicitAny: it is what is tried
const any: ViewFilter<any> = filter
export const filters = [tree, wrongTree, open, wrongDay, wrongOpen, unknown, record, any]

// A field that is called or is one, and alternatives are still there.
const or: ViewFilter<{ readonly or: number }>[] = [{ or: 1 }, { or: { gt: 1 } }, { or: [{ or: 1 }] }]
export const alternatives = or
