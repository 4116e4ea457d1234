import type { Item } from '../engine/types.ts'
import { runQuery } from '../query/run-query.ts'
import { isSet } from './body.ts'
import type { Context } from './context.ts'
import type { Answer } from './message.ts'
import { queryOf } from './resources/queries.ts'

/**
 * Answers all resources of a kind, or those that a query asks for.
 *
 * @param name the member of the answer that holds them, such as `Databases`
 */
export function list(name: string, rid: string, resources: readonly unknown[]): Answer {
  return { status: 200, body: { _rid: rid, [name]: resources, _count: resources.length } }
}

/** Whether a POST asks a question rather than creating something. */
export function isQuery({ request }: Context): boolean {
  return isSet(request, 'x-ms-documentdb-isquery') || isSet(request, 'x-ms-cosmos-is-query-plan-request')
}

/** Answers a query over resources that are no documents, all in one page. */
export function query({ request }: Context, name: string, rid: string, resources: readonly object[]): Answer {
  return list(name, rid, runQuery(queryOf(request), resources as Item[], { maxItemCount: -1 }).rows)
}
