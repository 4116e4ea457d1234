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

/** How a query is to be answered. */
export type QueryOptions = {
  /** Rows a page; 100 unless told. -1 leaves it to the server, which takes 1,000. */
  readonly maxItemCount?: number
  /** What the page before answered. */
  readonly continuation?: string
  /** The container's; an ORDER BY that it does not serve is refused. Without it, every order is served. */
  readonly indexingPolicy?: IndexingPolicy
  /** The one that the index still follows; it must serve an ORDER BY as well. */
  readonly formerIndexingPolicy?: IndexingPolicy | undefined
  /** At most how many rows the page holds, as the server may end it early; of aggregates, documents. 0 makes it empty. */
  readonly pageLimit?: number | undefined
  /** Documents of the physical partition, of which the index is; by default there are no others. */
  readonly partition?: () => ItemSample
  /** Milliseconds that a page may take; 5,000 unless told, as on the service. */
  readonly timeLimitMs?: number
}

/**
 * Answers a page of a query over documents, which have to come in the order of their `_rid`s. A continuation holds
 * although documents come and go between pages: rows go on behind the one that was last.
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
