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
  /**
   * At most how many rows the next page of a query holds, as the server may end a page early; 0 makes it an empty page
   * with a continuation.
   */
  readonly pageLimit?: () => number | undefined
}

type Argument = {
  readonly link?: string
  readonly body?: ItemBody
  readonly etag?: string
  readonly ifNoneMatch?: string
  readonly pageSize?: number
  readonly continuation?: string
} & Partial<QueryRequest>

/** @throws CosmosError as the transaction does */
export function answerCall(
  transaction: PartitionTransaction,
  operation: string,
  argument: Argument,
  options: CallOptions,
): CallAnswer {
  const precondition: Precondition = argument.etag ? { ifMatch: argument.etag } : {}
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

function find(transaction: PartitionTransaction, link = ''): Item {
  const item = transaction.getByLink(link)
  if (item === undefined) throw notFound()
  return item
}

// A continuation of nothing passed: the first page's own place.
const START = '#TRC:0'

function query(
  transaction: PartitionTransaction,
  { query: text = '', parameters = [], pageSize, continuation }: Argument,
  { indexingPolicy, pageLimit }: CallOptions,
): CallAnswer {
  const size = Math.min(pageSize || 100, pageLimit?.() ?? Number.POSITIVE_INFINITY)
  if (size === 0) return { resource: [], options: { continuation: continuation || START } }
  const page = runQuery({ query: text, parameters }, transaction.items(), {
    maxItemCount: size,
    ...(continuation && continuation !== START && { continuation }),
    ...(indexingPolicy && { indexingPolicy }),
  })
  const more = page.continuation === undefined ? {} : { continuation: page.continuation }
  return { resource: page.rows, options: more }
}
