import { isSet } from '../body.ts'
import { isQuery } from '../lists.ts'
import { containerOf } from '../of-container.ts'
import type { Routes } from '../routes.ts'
import { runOperations } from './batches.ts'
import { readChangeFeed } from './change-feed.ts'
import { createDocument } from './documents.ts'
import { listDocuments, queryDocuments } from './queries.ts'

/** Requests about all documents of a container: one address for several kinds, distinguished by headers. */
export const containerDocumentRoutes: Routes = {
  'GET dbs/*/colls/*/docs'(context, database = '', name = '') {
    const container = containerOf(context, database, name)
    if (context.request.headers['a-im'] !== undefined) return readChangeFeed(context, container)
    return listDocuments(context, container)
  },
  'POST dbs/*/colls/*/docs'(context, database = '', name = '') {
    const container = containerOf(context, database, name)
    if (isQuery(context)) return queryDocuments(context, container)
    if (isSet(context.request, 'x-ms-cosmos-is-batch-request')) return runOperations(context, container)
    return createDocument(context, container)
  },
}
