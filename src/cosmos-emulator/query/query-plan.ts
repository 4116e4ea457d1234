import { aggregateItem, aggregateOf, hasAggregate } from './aggregate-items.ts'
import { understand } from './compiled.ts'
import { queryError } from './errors.ts'
import type { Frame } from './evaluate/frame.ts'
import { countOf } from './evaluate/rows.ts'
import { identityOf } from './evaluate/values.ts'
import type { Expression, Query } from './language/ast.ts'
import { printExpression, printFrom, printObject, printOrder, printSelect } from './print.ts'
import { parametersOf, type QueryRequest } from './run-query.ts'

/** What a client needs to query each partition separately and to combine the results. */
export type QueryPlan = {
  readonly partitionedQueryExecutionInfoVersion: 2
  readonly queryInfo: {
    readonly distinctType: 'None' | 'Ordered' | 'Unordered'
    readonly top: number | null
    readonly offset: number | null
    readonly limit: number | null
    readonly orderBy: readonly ('Ascending' | 'Descending')[]
    readonly orderByExpressions: readonly string[]
    readonly groupByExpressions: readonly string[]
    readonly groupByAliases: readonly string[]
    readonly aggregates: readonly string[]
    readonly groupByAliasToAggregateType: Readonly<Record<string, string | null>>
    /** The query to send to each partition; empty if it is the query itself. */
    readonly rewrittenQuery: string
    readonly hasSelectValue: boolean
    readonly dCountInfo: null
    readonly hasNonStreamingOrderBy: false
  }
  readonly queryRanges: readonly {
    readonly min: string
    readonly max: string
    readonly isMinInclusive: boolean
    readonly isMaxInclusive: boolean
  }[]
}

// The client replaces it by a condition when it resumes in the middle, otherwise by `true`.
const FILTER = '{documentdb-formattableorderbyquery-filter}'

/**
 * Whether the client must combine the results of a query over several partitions. If not, partitions can be queried one
 * after the other; if so, the service refuses it with 400 and substatus 1004, and the client requests the plan.
 *
 * @throws CosmosError 400 for a query that cannot be understood
 */
export function needsPlan(request: Pick<QueryRequest, 'query'>): boolean {
  const { query, compiled } = understand(request.query)
  return (
    compiled.isGrouped ||
    query.distinct ||
    query.orderBy.length > 0 ||
    query.top !== undefined ||
    query.offset !== undefined
  )
}

/**
 * The response to a request for a query's plan.
 *
 * @throws CosmosError 400 for a query that cannot be understood, or whose aggregates no client can combine
 * @see the execution contexts of `@azure/cosmos`, for which the plan is made
 */
export function queryPlan(request: QueryRequest): QueryPlan {
  const { query, compiled } = understand(request.query)
  const frame: Frame = { values: [], parameters: parametersOf(request), aggregates: [] }
  const { select, groupBy } = query
  // The single row of aggregates has no order.
  const orderBy = compiled.isGrouped ? [] : query.orderBy
  const isValue = select.type === 'value'
  const aliases = compiled.isGrouped && select.type === 'list' ? select.columns : []
  const aggregate = isValue ? aggregateOf(select.value) : undefined
  if (compiled.isGrouped) assertSimple(query)
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: distinctType(query),
      top: countOf(compiled.top, frame) ?? null,
      offset: countOf(compiled.offset, frame) ?? null,
      limit: countOf(compiled.limit, frame) ?? null,
      orderBy: orderBy.map(({ descending }) => (descending ? 'Descending' : 'Ascending')),
      orderByExpressions: orderBy.map(({ value }) => printExpression(value)),
      groupByExpressions: groupBy.map(printExpression),
      groupByAliases: groupBy.length > 0 ? aliases.map(({ name }) => name) : [],
      aggregates: aggregate === undefined ? [] : [aggregate],
      groupByAliasToAggregateType: Object.fromEntries(
        aliases.map(({ name, value }) => [name, aggregateOf(value) ?? null]),
      ),
      rewrittenQuery: compiled.isGrouped ? rewriteGrouped(query) : rewriteOrdered(query, frame, compiled),
      hasSelectValue: isValue,
      dCountInfo: null,
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  }
}

// Equal rows are adjacent only if their one value is what they are ordered by.
function distinctType({ distinct, select, orderBy }: Query): 'None' | 'Ordered' | 'Unordered' {
  if (!distinct) return 'None'
  const values =
    select.type === 'value' ? [select.value] : select.type === 'list' ? select.columns.map(({ value }) => value) : []
  const selected = values.map(printExpression)
  const sorted = orderBy.map(({ value }) => printExpression(value))
  return selected.length > 0 && identityOf(selected.sort()) === identityOf(sorted.sort()) ? 'Ordered' : 'Unordered'
}

function assertSimple({ select, groupBy, orderBy }: Query): void {
  const values =
    select.type === 'value' ? [select.value] : select.type === 'list' ? select.columns.map(({ value }) => value) : []
  if (values.some((value) => aggregateOf(value) === undefined && hasAggregate(value))) {
    throw queryError('SC2103', 'Compositions of aggregates and other expressions are unsupported.')
  }
  if (groupBy.length > 0 && orderBy.length > 0) {
    throw queryError('SC2109', "'ORDER BY' is not supported with 'GROUP BY'.")
  }
}

function rewriteGrouped(query: Query): string {
  const { select, groupBy } = query
  const item = (value: Expression): string =>
    value.type === 'call' && aggregateOf(value) !== undefined ? aggregateItem(value) : printExpression(value)
  const from = `\n${printFrom(query, query.where && printExpression(query.where))}`
  const keys = `[${groupBy.map((key) => printObject([['item', key]])).join(', ')}] AS groupByItems, `
  const by = groupBy.length > 0 ? keys : ''
  if (select.type === 'list') {
    const payload = printObject(select.columns.map(({ name, value }) => [name, item(value)]))
    return `SELECT ${by}${payload} AS payload${from}`
  }
  const value = select.type === 'value' ? select.value : undefined
  if (value === undefined) throw queryError('SC2101', "'SELECT *' is not valid with 'GROUP BY'.")
  const payload = aggregateOf(value) === undefined ? printExpression(value) : `[${item(value)}]`
  return by === '' ? `SELECT VALUE ${payload}${from}` : `SELECT ${by}${payload} AS payload${from}`
}

function rewriteOrdered(query: Query, frame: Frame, compiled: ReturnType<typeof understand>['compiled']): string {
  const offset = countOf(compiled.offset, frame)
  const limit = countOf(compiled.limit, frame)
  const { orderBy, where, sources, select, top, distinct } = query
  // The client skips; a partition does not know the rows of others, so it returns as many as may be needed.
  const cut = offset === undefined || limit === undefined ? '' : `\nOFFSET 0 LIMIT ${offset + limit}`
  const most = top ? `TOP ${printExpression(top)} ` : ''
  if (orderBy.length === 0) {
    if (cut === '') return ''
    const filter = where && printExpression(where)
    return `SELECT ${distinct ? 'DISTINCT ' : ''}${printSelect(query)}\n${printFrom(query, filter)}${cut}`
  }
  const alias = sources[0]?.alias ?? 'c'
  const items = orderBy.map(({ value }) => printObject([['item', value]])).join(', ')
  const payload =
    select.type === 'all'
      ? alias
      : select.type === 'value'
        ? printExpression(select.value)
        : printObject(select.columns.map(({ name, value }) => [name, value]))
  const filter = where ? `(${printExpression(where)} AND (${FILTER}))` : `(${FILTER})`
  const from = printFrom(query, filter)
  // The client drops all but one of equal rows, so a partition that limited them would lose others.
  const cuts = distinct ? ['', ''] : [most, cut]
  return `SELECT ${cuts[0]}${alias}._rid, [${items}] AS orderByItems, ${payload} AS payload\n${from}${printOrder(query)}${cuts[1]}`
}
