import { queryCharge } from '../../charges/charges.ts'
import type { Container } from '../../engine/container.ts'
import type { StoredDocument } from '../../engine/documents/stored-document.ts'
import { badRequest } from '../../engine/errors.ts'
import { isWithin, type KeyInterval } from '../../engine/key-space/key-space.ts'
import type { Item, ItemSample } from '../../engine/types.ts'
import { needsPlan, queryPlan } from '../../query/query-plan.ts'
import { type ChargedPage, type QueryRequest, runQuery } from '../../query/run-query.ts'
import { isSet, jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import { decodeContinuation, encodeContinuation } from '../continuation.ts'
import type { Answer, CosmosRequest } from '../message.ts'
import { pageSize } from '../pages.ts'
import { read } from '../sessions.ts'
import { targetOf } from '../target.ts'

const SUBSTATUS_NOT_SERVABLE = 1004

/** Executes a query over documents, or describes how a client must query the partitions. */
export function queryDocuments(context: Context, container: Container): Answer {
  const { request } = context
  const query = queryOf(request)
  if (isSet(request, 'x-ms-cosmos-is-query-plan-request')) return { status: 200, body: queryPlan(query) }
  return queryPage(context, container, query)
}

/** Returns a page of all documents. */
export function listDocuments(context: Context, container: Container): Answer {
  return queryPage(context, container, { query: 'SELECT * FROM c' })
}

/**
 * The query in a request's body.
 *
 * @throws CosmosError 400 if there is none
 */
export function queryOf(request: CosmosRequest): QueryRequest {
  const body = jsonBody(request) as Partial<QueryRequest> | null
  if (typeof body?.query !== 'string') throw badRequest('The body contains no query.')
  const { query, parameters = [] } = body
  if (!Array.isArray(parameters) || !parameters.every((parameter) => typeof parameter?.name === 'string')) {
    throw badRequest('The parameters of the query must be a list of names and values.')
  }
  return { query, parameters }
}

function queryPage(context: Context, container: Container, query: QueryRequest): Answer {
  const target = targetOf(container, context.request)
  if (target === undefined) return acrossPartitions(context, container, query)
  const view = read(context, container, target.partition)
  const found = run(context, container, query, {
    items: itemsOf(target.documents(view)),
    partition: () => target.partition.sampleOfItems(),
    continuation: context.request.headers['x-ms-continuation'],
  })
  return page(context, container, found)
}

/**
 * One partition after the other, and never two in one page; what no partition can execute alone is left to the client.
 */
function acrossPartitions(context: Context, container: Container, query: QueryRequest): Answer {
  if (needsPlan(query)) return notServable(query)
  const first = container.topology.partitions[0]?.interval
  const given = context.request.headers['x-ms-continuation']
  const { interval, token } = given === undefined ? { interval: first, token: undefined } : decodeContinuation(given)
  if (interval === undefined) return page(context, container, { rows: [], loaded: { documents: 0, bytes: 0 } })
  const items = itemsIn(context, container, interval)
  const { continuation, ...found } = run(context, container, query, {
    items,
    continuation: token,
  })
  const next = container.topology.partitions.find((partition) => partition.interval.max > interval.max)?.interval.max
  const rest = next === undefined ? undefined : { min: interval.max, max: next }
  const goesOn =
    continuation === undefined ? rest && { interval: rest, token: undefined } : { interval, token: continuation }
  return page(context, container, goesOn ? { ...found, continuation: encodeContinuation(goesOn) } : found)
}

function itemsOf(documents: Iterable<StoredDocument>): Item[] {
  return Array.from(documents, ({ item }) => item)
}

/** The documents in an interval, however many partitions it was split into since. */
function itemsIn(context: Context, container: Container, interval: KeyInterval): Item[] {
  return container.topology
    .within(interval)
    .flatMap((partition) => [...read(context, container, partition).documents()])
    .filter(({ place }) => isWithin(place, interval))
    .sort((a, b) => a.number - b.number)
    .map(({ item }) => item)
}

type Scope = {
  readonly items: readonly Item[]
  readonly partition?: () => ItemSample
  readonly continuation: string | undefined
}

function run(
  { request, pageLimit }: Context,
  container: Container,
  query: QueryRequest,
  { items, partition, continuation }: Scope,
): ChargedPage {
  const maxItemCount = pageSize(request)
  return runQuery(query, items, {
    maxItemCount,
    indexingPolicy: container.indexingPolicy,
    formerIndexingPolicy: container.formerIndexingPolicy,
    pageLimit: pageLimit(maxItemCount),
    ...(partition && { partition }),
    ...(continuation !== undefined && { continuation }),
  })
}

function page({ reply }: Context, { rid }: Container, { rows, continuation, loaded }: ChargedPage): Answer {
  reply.charge = (bytes) => queryCharge(rows.length, bytes, loaded)
  return {
    status: 200,
    body: { _rid: rid, Documents: rows, _count: rows.length },
    headers: {
      'x-ms-item-count': `${rows.length}`,
      ...(continuation !== undefined && { 'x-ms-continuation': continuation }),
    },
  }
}

function notServable(query: QueryRequest): Answer {
  return {
    status: 400,
    headers: { 'x-ms-substatus': `${SUBSTATUS_NOT_SERVABLE}` },
    body: {
      code: 'BadRequest',
      message: 'The provided cross partition query can not be directly served by the gateway.',
      // The SDK takes this as the sign that it must request the plan.
      additionalErrorInfo: JSON.stringify(queryPlan(query)),
    },
  }
}
