import { badRequest } from '../engine/errors.ts'
import type { Item, ItemSample, JsonValue } from '../engine/types.ts'
import { TIME_LIMIT_MS, withinTime } from '../time-limit.ts'
import { bounded } from './bounded.ts'
import { understand } from './compiled.ts'
import type { CompiledQuery } from './evaluate/frame.ts'
import { assertIndexed, type IndexingPolicy, leavesOutUndefined } from './indexing.ts'
import { type Loaded, loadedBy } from './loaded.ts'
import { nextPage, type QueryPage } from './page.ts'

/** A query as a client sends it. A parameter's name begins with `@`. */
export type QueryRequest = {
  readonly query: string
  readonly parameters?: readonly { readonly name: string; readonly value: JsonValue }[]
}

/** A page, and what had to be loaded for it. */
export type ChargedPage = QueryPage & { readonly loaded: Loaded }

/** How to execute a query. */
export type QueryOptions = {
  /** Rows in a page; 100 by default. -1 leaves it to the server, which takes 1,000. */
  readonly maxItemCount?: number
  /** The continuation of the previous page. */
  readonly continuation?: string
  /** The container's policy; an ORDER BY that it does not support is refused. Without it, every order is supported. */
  readonly indexingPolicy?: IndexingPolicy
  /** The policy that the index still follows; it must support an ORDER BY as well. */
  readonly formerIndexingPolicy?: IndexingPolicy | undefined
  /**
   * The maximum number of rows in the page, as the server may end it early; for aggregates, documents. 0 makes it
   * empty.
   */
  readonly pageLimit?: number | undefined
  /** Documents of the physical partition, which the index spans; by default there are no others. */
  readonly partition?: () => ItemSample
  /** The time limit of a page in milliseconds; 5,000 by default, as on the service. */
  readonly timeLimitMs?: number
}

/**
 * Returns a page of a query over documents, which must be in the order of their `_rid`s. A continuation stays valid
 * when documents are inserted or deleted between pages: rows continue after the last one.
 *
 * @throws CosmosError 400 for a query that cannot be understood or served, 408 past the time limit
 */
export function runQuery(request: QueryRequest, items: Iterable<Item>, options: QueryOptions = {}): ChargedPage {
  return bounded(() => page(request, items, options))
}

function page(request: QueryRequest, items: Iterable<Item>, options: QueryOptions): ChargedPage {
  const understood = understand(request.query)
  const { query, compiled } = understood
  const parameters = parametersOf(request)
  for (const name of compiled.program.parameters) {
    if (!parameters.has(name)) {
      throw badRequest(`The query names the parameter ${name}, which was not given.`)
    }
  }
  const { indexingPolicy, formerIndexingPolicy, timeLimitMs = TIME_LIMIT_MS } = options
  if (indexingPolicy !== undefined) assertIndexed(query, indexingPolicy)
  if (formerIndexingPolicy !== undefined) assertIndexed(query, formerIndexingPolicy)
  const served =
    indexingPolicy !== undefined && leavesOutUndefined(query, indexingPolicy) ? withDefinedKey(compiled) : compiled
  const all = Array.isArray(items) ? (items as Item[]) : [...items]
  const size = pageSize(options.maxItemCount)
  const limit = options.pageLimit ?? Number.POSITIVE_INFINITY
  const run = () => {
    const { passed, ...page } = nextPage(served, parameters, all, { size, limit, continuation: options.continuation })
    return {
      ...page,
      loaded: loadedBy(
        understood,
        parameters,
        passed,
        indexingPolicy ?? {},
        options.partition ?? (() => ({ items: all, step: 1 })),
      ),
    }
  }
  // A timer costs more than most queries.
  return compiled.program.canRunLong ? withinTime(timeLimitMs, run) : run()
}

function withDefinedKey(compiled: CompiledQuery): CompiledQuery {
  const key = compiled.orderBy[0]?.key
  return {
    ...compiled,
    each: (frame, visit) => compiled.each(frame, (row) => key?.(row) === undefined || visit(row)),
  }
}

/** The values of parameters by name. */
export function parametersOf({ parameters = [] }: QueryRequest): ReadonlyMap<string, JsonValue> {
  return new Map(parameters.map(({ name, value }) => [name, value]))
}

function pageSize(maxItemCount = 100): number {
  if (maxItemCount === -1) return 1000
  if (Number.isSafeInteger(maxItemCount) && maxItemCount > 0) return maxItemCount
  throw badRequest(`The page size ${maxItemCount} is not valid.`)
}
