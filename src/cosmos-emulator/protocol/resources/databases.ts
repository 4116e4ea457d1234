import type { Database } from '../../engine/account.ts'
import { jsonBody } from '../body.ts'
import { requestedThroughput } from '../limits/offer-throughput.ts'
import { isQuery, list, query } from '../lists.ts'
import type { Routes } from '../routes.ts'

/** Databases. */
export const databaseRoutes: Routes = {
  'GET dbs': ({ account }) => list('Databases', '', account.databases().map(resource)),
  'POST dbs'(context) {
    const { account, request } = context
    if (isQuery(context)) return query(context, 'Databases', '', account.databases().map(resource))
    const database = account.createDatabase(jsonBody(request), requestedThroughput(request))
    return { status: 201, body: resource(database), headers: { etag: database.fields._etag } }
  },
  'GET dbs/*'({ account }, name = '') {
    const database = account.database(name)
    return { status: 200, body: resource(database), headers: { etag: database.fields._etag } }
  },
  'DELETE dbs/*'({ account }, name = '') {
    account.removeDatabase(name)
    return { status: 204 }
  },
}

function resource({ id, fields }: Database): object {
  return { id, ...fields, _colls: 'colls/', _users: 'users/' }
}
