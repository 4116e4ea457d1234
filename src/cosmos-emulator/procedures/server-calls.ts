import { changeCharge, queryCharge, readCharge } from '../charges/charges.ts'
import type { PageLimit } from '../early-ends.ts'
import { badRequest, notFound } from '../engine/errors.ts'
import type { Item, ItemBody, JsonValue, PartitionTransaction, Precondition } from '../engine/types.ts'
import type { IndexingPolicy } from '../query/indexing.ts'
import { sizeOf } from '../query/row-size.ts'
import { type QueryRequest, runQuery } from '../query/run-query.ts'

/** What a call of the server's API answers to a callback: the resource and what else there is to say. */
export type CallAnswer = {
  readonly resource?: JsonValue | Item | readonly unknown[]
  readonly options: { readonly continuation?: string; readonly notModified?: boolean }
  /** What the call costs, in request units. */
  readonly charge: number
}

/** What the calls of a procedure depend on. */
export type CallOptions = {
  readonly indexingPolicy?: IndexingPolicy
  readonly formerIndexingPolicy?: IndexingPolicy | undefined
  /** Decides where pages of queries end early; they do not unless told. */
  readonly pageLimit?: PageLimit
  /** Whether queries see what the procedure has written; they do unless told. Reads by link always see it. */
  readonly queriesSeeOwnWrites?: boolean
}

/** A call as it comes out of a procedure's realm: nothing about it is certain. */
export type ServerCall = { readonly operation: string; readonly argument: Readonly<Record<string, unknown>> }

/** @throws CosmosError as the transaction does; 400 for an argument that the server's API never makes */
export function answerCall(
  transaction: PartitionTransaction,
  { operation, argument }: ServerCall,
  options: CallOptions,
): CallAnswer {
  const { indexingPolicy = {} } = options
  const etag = optionalText(argument.etag)
  const precondition: Precondition = etag ? { ifMatch: etag } : {}
  const body = argument.body as ItemBody
  const written = (before: Item | undefined, resource: Item): CallAnswer => ({
    resource,
    options: {},
    charge: changeCharge(before, resource, indexingPolicy),
  })
  switch (operation) {
    case 'read': {
      const item = find(transaction, argument.link)
      const charge = readCharge(sizeOf(item))
      if (argument.ifNoneMatch !== item._etag) return { resource: item, options: {}, charge }
      return { options: { notModified: true }, charge }
    }
    case 'create':
      return written(undefined, transaction.create(body))
    case 'upsert':
      return written(transaction.get(body?.id), transaction.upsert(body, precondition))
    case 'replace': {
      const before = find(transaction, argument.link)
      return written(before, transaction.replace(before.id, body, precondition))
    }
    case 'delete': {
      const before = find(transaction, argument.link)
      transaction.remove(before.id, precondition)
      return { options: {}, charge: changeCharge(before, undefined, indexingPolicy) }
    }
    case 'query':
      return query(transaction, queryOf(argument), argument, options)
    case 'all': {
      const rows = [...visibleItems(transaction, options)]
      const loaded = { documents: rows.length, bytes: rows.reduce((sum, row) => sum + sizeOf(row), 0) }
      return { resource: rows, options: {}, charge: queryCharge(rows.length, 0, loaded) }
    }
    default:
      throw badRequest(`There is no call ${operation}.`)
  }
}

function find(transaction: PartitionTransaction, link: unknown): Item {
  const item = transaction.getByLink(optionalText(link) ?? '')
  if (item === undefined) throw notFound()
  return item
}

function visibleItems(transaction: PartitionTransaction, { queriesSeeOwnWrites = true }: CallOptions): Iterable<Item> {
  return queriesSeeOwnWrites ? transaction.items() : transaction.committedItems()
}

function query(
  transaction: PartitionTransaction,
  request: QueryRequest,
  { pageSize, continuation: given }: ServerCall['argument'],
  options: CallOptions,
): CallAnswer {
  const continuation = optionalText(given)
  const maxItemCount = Number(pageSize || 100)
  const page = runQuery(request, visibleItems(transaction, options), {
    maxItemCount,
    ...(options.indexingPolicy && { indexingPolicy: options.indexingPolicy }),
    formerIndexingPolicy: options.formerIndexingPolicy,
    pageLimit: options.pageLimit?.(maxItemCount),
    partition: () => transaction.partitionSample(),
    ...(continuation && { continuation }),
  })
  return {
    resource: page.rows,
    options: page.continuation === undefined ? {} : { continuation: page.continuation },
    charge: queryCharge(page.rows.length, Buffer.byteLength(JSON.stringify(page.rows)), page.loaded),
  }
}

function queryOf({ query, parameters }: ServerCall['argument']): QueryRequest {
  const isParameter = (parameter: unknown) => typeof (parameter as { name?: unknown } | null)?.name === 'string'
  if (parameters !== undefined && !(Array.isArray(parameters) && parameters.every(isParameter))) {
    throw badRequest('The parameters of the query must be a list of names and values.')
  }
  return { query: optionalText(query) ?? '', ...(parameters !== undefined && { parameters }) }
}

function optionalText(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw badRequest('An argument of a call is no text.')
}
