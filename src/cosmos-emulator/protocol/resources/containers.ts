import type { Container } from '../../engine/container.ts'
import { preconditionFailed } from '../../engine/errors.ts'
import { isSet, jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import { requestedThroughput } from '../limits/offer-throughput.ts'
import { quotaHeaders } from '../limits/quota.ts'
import { isQuery, list, query } from '../lists.ts'
import type { Answer } from '../message.ts'
import { headerPath } from '../of-container.ts'
import type { Routes } from '../routes.ts'

const NAME = 'DocumentCollections'

/** Containers. */
export const containerRoutes: Routes = {
  'GET dbs/*/colls'({ account }, database = '') {
    const { rid, containers } = account.database(database)
    return list(NAME, rid, [...containers.values()].map(resource))
  },
  'POST dbs/*/colls'(context, database = '') {
    const { account, request } = context
    const { rid, containers } = account.database(database)
    if (isQuery(context)) return query(context, NAME, rid, [...containers.values()].map(resource))
    return answer(context, 201, account.createContainer(database, jsonBody(request), requestedThroughput(request)))
  },
  'GET dbs/*/colls/*': (context, database = '', name = '') =>
    answer(context, 200, context.account.container(database, name)),
  'PUT dbs/*/colls/*'(context, database = '', name = '') {
    const { account, request } = context
    const container = account.container(database, name)
    const ifMatch = request.headers['if-match']
    if (ifMatch !== undefined && ifMatch !== container.etag) {
      throw preconditionFailed()
    }
    container.replace(jsonBody(request))
    return answer(context, 200, container)
  },
  'DELETE dbs/*/colls/*'({ account }, database = '', name = '') {
    account.removeContainer(database, name)
    return { status: 204 }
  },
}

function answer({ request, reply }: Context, status: number, container: Container): Answer {
  if (isSet(request, 'x-ms-documentdb-populatequotainfo')) Object.assign(reply.headers, quotaHeaders(container))
  reply.headers['x-ms-alt-content-path'] = headerPath(`dbs/${container.databaseId}`)
  reply.headers['x-ms-content-path'] = container.databaseRid
  return { status, body: resource(container), headers: { etag: container.etag } }
}

function resource(container: Container): object {
  return {
    ...container.resource(),
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  }
}
