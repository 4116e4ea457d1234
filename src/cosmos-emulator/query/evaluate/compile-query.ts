import { queryError } from '../errors.ts'
import type { Expression, Query, Select, Source } from '../language/ast.ts'
import { pathOf } from '../language/ast.ts'
import { compileExpression, compileObject } from './compile-expression.ts'
import {
  type AggregateCall,
  type CompiledQuery,
  DOCUMENT,
  type Evaluate,
  type Frame,
  type Program,
  type Scope,
} from './frame.ts'
import { lookupConditions } from './lookups.ts'
import { allRows } from './rows.ts'
import type { Value } from './values.ts'

type CompiledSource = { readonly slot: number; readonly value: Evaluate; readonly iterates: boolean }

/** @throws CosmosError 400 for what the language knows but cannot mean here */
export function compileQuery(query: Query): CompiledQuery {
  const program: Program = { slots: 1, canRunLong: query.sources.length > 1, parameters: new Set() }
  const [first] = query.sources
  const root = first && rootOf(first.from)
  return compile(query, {
    program,
    slots: new Map(root === undefined ? [] : [[root, DOCUMENT]]),
    aggregates: undefined,
  })
}

function compile(query: Query, outer: Scope): CompiledQuery {
  const slots = new Map(outer.slots)
  const sources = query.sources.map((source, i) => compileSource(source, { ...outer, slots }, slots, i === 0))
  const scope: Scope = { program: outer.program, slots, aggregates: undefined }
  const inScope = (expression: Expression): Evaluate => compileExpression(expression, scope, compileSubquery)
  const where = query.where && inScope(query.where)
  const aggregates: AggregateCall[] = []
  const select = compileSelect(query, { ...scope, aggregates })
  const visitFrom = (frame: Frame, index: number, visit: (frame: Frame) => boolean): boolean => {
    const source = sources[index]
    if (source === undefined) return where === undefined || where(frame) === true ? visit(frame) : true
    const value = source.value(frame)
    if (!source.iterates) {
      if (value === undefined) return true
      frame.values[source.slot] = value
      return visitFrom(frame, index + 1, visit)
    }
    if (!Array.isArray(value)) return true
    for (const element of value) {
      frame.values[source.slot] = element
      if (!visitFrom(frame, index + 1, visit)) return false
    }
    return true
  }
  const [first] = query.sources
  const isDocument = first !== undefined && !first.iterates && pathOf(first.from)?.length === 1
  return {
    program: outer.program,
    each: (frame, visit) => visitFrom(frame, 0, visit),
    select,
    distinct: query.distinct,
    isGrouped: aggregates.length > 0 || query.groupBy.length > 0,
    groupBy: query.groupBy.map(inScope),
    aggregates,
    orderBy: query.orderBy.map(({ value, descending }) => ({ key: inScope(value), descending })),
    top: query.top && inScope(query.top),
    offset: query.offset && inScope(query.offset),
    limit: query.limit && inScope(query.limit),
    readsDocuments: sources.length > 0,
    documentIsOnlySource: isDocument && sources.length === 1,
    documentSlot: sources[0]?.slot ?? DOCUMENT,
    lookups: lookupConditions(query.where, isDocument ? first.alias : '').map(({ expression, paths }) => ({
      test: inScope(expression),
      paths,
    })),
  }
}

function compileSubquery(query: Query, scope: Scope): (frame: Frame) => Value[] {
  const compiled = compile(query, scope)
  return ({ values, parameters }) => {
    const frame: Frame = { values, parameters, aggregates: [] }
    return allRows(compiled, frame, (visit) => compiled.each(frame, visit))
  }
}

function compileSource(
  { alias, from, iterates }: Source,
  scope: Scope,
  slots: Map<string, number>,
  isFirst: boolean,
): CompiledSource {
  const value = compileExpression(from, scope, compileSubquery)
  const slot = scope.program.slots++
  // Once it has a name of its own, the collection is known by that name only.
  const root = rootOf(from)
  if (isFirst && root !== undefined && slots.get(root) === DOCUMENT) slots.delete(root)
  slots.set(alias, slot)
  return { slot, value, iterates }
}

function rootOf(from: Expression): string | undefined {
  const root = pathOf(from)?.[0]
  return typeof root === 'string' ? root : undefined
}

function compileSelect({ select, sources }: Query, scope: Scope): Evaluate {
  if (select.type === 'value') return compileExpression(select.value, scope, compileSubquery)
  if (select.type === 'list') {
    assertNamesDiffer(select)
    return compileObject(
      select.columns.map(({ name, value }) => [name, compileExpression(value, scope, compileSubquery)]),
    )
  }
  const [first] = sources
  if (first === undefined) {
    throw queryError('SC2030', "'SELECT *' is not valid if FROM clause is omitted.", select.location)
  }
  if (sources.length > 1) {
    throw queryError('SC2040', "'SELECT *' is only valid with a single input set.", select.location)
  }
  return compileExpression({ type: 'name', name: first.alias, location: select.location }, scope, compileSubquery)
}

function assertNamesDiffer({ columns }: Select & { type: 'list' }): void {
  const names = new Set<string>()
  for (const { name } of columns) {
    if (names.has(name)) throw queryError('SC2012', `Column name '${name}' is specified more than once.`)
    names.add(name)
  }
}
