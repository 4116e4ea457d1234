import type { Script } from '../engine/scripts.ts'
import { CosmosError } from '../engine/types.ts'
import { jsonBody } from './body.ts'
import { isQuery, list, query } from './lists.ts'
import { containerOf } from './of-container.ts'
import type { Routes } from './routes.ts'
import { requiredKey } from './target.ts'

const NAME = 'StoredProcedures'

/** Stored procedures. */
export const storedProcedureRoutes: Routes = {
  'GET dbs/*/colls/*/sprocs'(context, database = '', name = '') {
    const { rid, scripts } = containerOf(context, database, name)
    return list(NAME, rid, scripts.list())
  },
  'POST dbs/*/colls/*/sprocs'(context, database = '', name = '') {
    const { rid, scripts } = containerOf(context, database, name)
    if (isQuery(context)) return query(context, NAME, rid, scripts.list())
    return answer(201, scripts.create(jsonBody(context.request)))
  },
  'GET dbs/*/colls/*/sprocs/*': (context, database = '', name = '', id = '') =>
    answer(200, containerOf(context, database, name).scripts.get(id)),
  'PUT dbs/*/colls/*/sprocs/*': (context, database = '', name = '', id = '') =>
    answer(200, containerOf(context, database, name).scripts.replace(id, jsonBody(context.request))),
  'DELETE dbs/*/colls/*/sprocs/*'(context, database = '', name = '', id = '') {
    containerOf(context, database, name).scripts.remove(id)
    return { status: 204 }
  },
  'POST dbs/*/colls/*/sprocs/*'(context, database = '', name = '', id = '') {
    const container = containerOf(context, database, name)
    container.scripts.get(id)
    const at = requiredKey(container, context.request)
    context.reply.from(at.partition, at.partition.lsn)
    throw new CosmosError(501, 'NotImplemented', 'Stored procedures cannot be executed yet.')
  },
}

function answer(status: number, script: Script) {
  return { status, body: script, headers: { etag: script._etag } }
}
