import { badRequest, notFound } from '../engine/errors.ts'
import type { Item, ItemBody, JsonValue, PartitionTransaction, Precondition } from '../engine/types.ts'
import { type IndexingPolicy, type QueryRequest, runQuery } from '../query/index.ts'

/** What a call of the server's API answers to a callback: the resource and what else there is to say. */
export type CallAnswer = {
  readonly resource?: JsonValue | Item | readonly unknown[]
  readonly options: { readonly continuation?: string; readonly notModified?: boolean }
}

/** What the calls of a procedure depend on. */
export type CallOptions = {
  readonly indexingPolicy?: IndexingPolicy
  readonly formerIndexingPolicy?: IndexingPolicy | undefined
  /**
   * At most how many rows the next page of a query holds, as the server may end a page early; 0 makes it an empty page
   * with a continuation.
   */
  readonly pageLimit?: () => number | undefined
}

/** A call as it comes out of a procedure's realm: nothing about it is certain. */
export type ServerCall = { readonly operation: string; readonly argument: Readonly<Record<string, unknown>> }

/** @throws CosmosError as the transaction does; 400 for an argument that the server's API never makes */
export function answerCall(
  transaction: PartitionTransaction,
  { operation, argument }: ServerCall,
  options: CallOptions,
): CallAnswer {
  const etag = optionalText(argument.etag)
  const precondition: Precondition = etag ? { ifMatch: etag } : {}
  const body = argument.body as ItemBody
  switch (operation) {
    case 'read': {
      const item = find(transaction, argument.link)
      if (argument.ifNoneMatch !== item._etag) return { resource: item, options: {} }
      return { options: { notModified: true } }
    }
    case 'create':
      return { resource: transaction.create(body), options: {} }
    case 'upsert':
      return { resource: transaction.upsert(body, precondition), options: {} }
    case 'replace': {
      const { id } = find(transaction, argument.link)
      return { resource: transaction.replace(id, body, precondition), options: {} }
    }
    case 'delete':
      transaction.remove(find(transaction, argument.link).id, precondition)
      return { options: {} }
    case 'query':
      return query(transaction, argument, options)
    case 'all':
      return { resource: [...transaction.items()], options: {} }
    default:
      throw badRequest(`There is no call ${operation}.`)
  }
}

function find(transaction: PartitionTransaction, link: unknown): Item {
  const item = transaction.getByLink(optionalText(link) ?? '')
  if (item === undefined) throw notFound()
  return item
}

// A continuation of nothing passed: the first page's own place.
const START = '#TRC:0'

function query(
  transaction: PartitionTransaction,
  argument: ServerCall['argument'],
  { indexingPolicy, formerIndexingPolicy, pageLimit }: CallOptions,
): CallAnswer {
  const continuation = optionalText(argument.continuation)
  const size = Math.min(Number(argument.pageSize || 100), pageLimit?.() ?? Number.POSITIVE_INFINITY)
  if (size === 0) return { resource: [], options: { continuation: continuation || START } }
  const page = runQuery(queryOf(argument), transaction.items(), {
    maxItemCount: size,
    ...(continuation && continuation !== START && { continuation }),
    ...(indexingPolicy && { indexingPolicy }),
    formerIndexingPolicy,
  })
  const more = page.continuation === undefined ? {} : { continuation: page.continuation }
  return { resource: page.rows, options: more }
}

function queryOf({ query, parameters }: ServerCall['argument']): QueryRequest {
  const isParameter = (parameter: unknown) => typeof (parameter as { name?: unknown } | null)?.name === 'string'
  if (parameters !== undefined && !(Array.isArray(parameters) && parameters.every(isParameter))) {
    throw badRequest('The parameters of the query are no list of names and values.')
  }
  return { query: optionalText(query) ?? '', ...(parameters !== undefined && { parameters }) }
}

function optionalText(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw badRequest('An argument of a call is no text.')
}
