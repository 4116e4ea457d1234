import { type Patch, patchItem } from '../../batch/patch-item.ts'
import { readCharge, writeCharge } from '../../charges/charges.ts'
import type { Container } from '../../engine/container.ts'
import { notEmulated, notFound } from '../../engine/errors.ts'
import type { LogicalPartition } from '../../engine/partitions/transaction.ts'
import type { Item, ItemBody, PartitionTransaction, Precondition } from '../../engine/types.ts'
import { isSet, jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import type { Answer, CosmosRequest } from '../message.ts'
import { containerOf } from '../of-container.ts'
import type { Routes } from '../routes.ts'
import { read } from '../sessions.ts'
import { requiredKey } from '../target.ts'

/** Single documents. */
export const documentRoutes: Routes = {
  'GET dbs/*/colls/*/docs/*'(context, database = '', name = '', id = '') {
    const { request, reply } = context
    const container = containerOf(context, database, name)
    const { partition, key } = requiredKey(container, request)
    const document = read(context, container, partition).get(key, id)
    if (document === undefined) throw notFound()
    const headers = { etag: document.item._etag }
    if (request.headers['if-none-match'] === document.item._etag) return { status: 304, headers }
    reply.charge = readCharge(document.bytes)
    return { status: 200, body: document.item, headers }
  },
  'PUT dbs/*/colls/*/docs/*'(context, database = '', name = '', id = '') {
    const body = jsonBody(context.request) as ItemBody
    return write(context, containerOf(context, database, name), 200, (transaction) =>
      transaction.replace(id, body, ifMatch(context.request)),
    )
  },
  'PATCH dbs/*/colls/*/docs/*'(context, database = '', name = '', id = '') {
    const patch = jsonBody(context.request) as Patch
    return write(context, containerOf(context, database, name), 200, (transaction) =>
      patchItem(transaction, id, patch, ifMatch(context.request)),
    )
  },
  'DELETE dbs/*/colls/*/docs/*'(context, database = '', name = '', id = '') {
    return write(context, containerOf(context, database, name), 204, (transaction) => {
      transaction.remove(id, ifMatch(context.request))
      return undefined
    })
  },
}

/** Creates a document, or upserts it when the request says so. */
export function createDocument(context: Context, container: Container): Answer {
  const body = jsonBody(context.request) as ItemBody
  if (!isSet(context.request, 'x-ms-documentdb-is-upsert')) {
    return write(context, container, 201, (transaction) => transaction.create(body))
  }
  const at = requiredKey(container, context.request)
  const status = at.partition.get(at.key, body?.id) === undefined ? 201 : 200
  return write(context, container, status, (transaction) => transaction.upsert(body, precondition(context.request)), at)
}

function write(
  { request, reply }: Context,
  container: Container,
  status: number,
  run: (transaction: PartitionTransaction) => Item | undefined,
  at: LogicalPartition = requiredKey(container, request),
): Answer {
  if (request.headers['x-ms-indexing-directive']?.toLowerCase() === 'exclude') {
    throw notEmulated('Documents outside of the index are')
  }
  // Errors say a session token, too.
  reply.from(at.partition, at.partition.lsn)
  const { result: item, changes } = container.transact(at, run)
  reply.from(at.partition, at.partition.lsn)
  reply.charge = writeCharge(changes, container.indexingPolicy)
  return item === undefined ? { status } : { status, body: item, headers: { etag: item._etag } }
}

/** Of writes, only an upsert looks at `If-None-Match`. */
function precondition(request: CosmosRequest): Precondition {
  const ifNoneMatch = request.headers['if-none-match']
  return { ...ifMatch(request), ...(ifNoneMatch !== undefined && { ifNoneMatch }) }
}

function ifMatch({ headers }: CosmosRequest): Precondition {
  const etag = headers['if-match']
  return etag === undefined ? {} : { ifMatch: etag }
}
