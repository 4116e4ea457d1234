import { badRequest } from '../../engine/errors.ts'
import type { Aggregator } from './aggregates.ts'
import type { CompiledQuery, Evaluate, Frame } from './frame.ts'
import { compareValues, identityOf, type Value } from './values.ts'

/** Visits each row that passes the filter, until a visit answers false. */
export type EachRow = (visit: (frame: Frame) => boolean) => void

/** All rows of a query: grouped, ordered, distinct, and cut as it says. */
export function allRows(query: CompiledQuery, frame: Frame, each: EachRow): Value[] {
  let rows = query.isGrouped ? groups(query, frame, each) : ordered(query, each)
  rows = rows.filter((row) => row !== undefined)
  if (query.distinct) rows = firstOfEach(rows)
  const from = countOf(query.offset, frame) ?? 0
  const most = Math.min(countOf(query.top, frame) ?? Infinity, countOf(query.limit, frame) ?? Infinity)
  return rows.slice(from, from + most)
}

function firstOfEach(rows: readonly Value[]): Value[] {
  const seen = new Set<string>()
  return rows.filter((row) => seen.size < seen.add(identityOf(row)).size)
}

/** @throws CosmosError 400 where TOP, OFFSET or LIMIT is not a whole number from 0 on */
export function countOf(evaluate: Evaluate | undefined, frame: Frame): number | undefined {
  if (evaluate === undefined) return undefined
  const count = evaluate(frame)
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count
  throw badRequest('TOP, OFFSET and LIMIT take a whole number that is not negative.')
}

/** The order of two rows by their keys. */
export function compareKeys(orderBy: CompiledQuery['orderBy'], a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < orderBy.length; i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return orderBy[i]?.descending ? -order : order
  }
  return 0
}

function ordered({ select, orderBy }: CompiledQuery, each: EachRow): Value[] {
  const rows: { readonly value: Value; readonly keys: readonly Value[] }[] = []
  each((frame) => rows.push({ value: select(frame), keys: orderBy.map(({ key }) => key(frame)) }) > 0)
  if (orderBy.length > 0) rows.sort((a, b) => compareKeys(orderBy, a.keys, b.keys))
  return rows.map(({ value }) => value)
}

function groups({ select, groupBy, aggregates }: CompiledQuery, outer: Frame, each: EachRow): Value[] {
  type Group = { readonly values: Value[]; readonly aggregators: readonly Aggregator[] }
  const byKey = new Map<string, Group>()
  const open = (key: string, values: Value[]): Group => {
    const group = { values, aggregators: aggregates.map(({ start }) => start()) }
    byKey.set(key, group)
    return group
  }
  // Without GROUP BY all rows are one group, even where there is none.
  if (groupBy.length === 0) open('', [])
  each((frame) => {
    const key = groupBy.map((evaluate) => identityOf(evaluate(frame))).join('\n')
    const group = byKey.get(key) ?? open(key, [...frame.values])
    for (const [i, { argument }] of aggregates.entries()) group.aggregators[i]?.add(argument(frame))
    return true
  })
  return Array.from(byKey.values(), ({ values, aggregators }) =>
    select({ values, parameters: outer.parameters, aggregates: aggregators.map((each) => each.result()) }),
  )
}
