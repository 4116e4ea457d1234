import { METADATA } from '../../charges/charges.ts'
import type { Container } from '../../engine/container.ts'
import { badRequest, tooLarge } from '../../engine/errors.ts'
import type { Script } from '../../engine/scripts.ts'
import { CosmosError, type PartitionTransaction } from '../../engine/types.ts'
import { runProcedure } from '../../procedures/run-procedure.ts'
import { isSet, jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import { isQuery, list, query } from '../lists.ts'
import type { Answer } from '../message.ts'
import { containerOf } from '../of-container.ts'
import type { Routes } from '../routes.ts'
import { requiredKey } from '../target.ts'

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
    return execute(context, container, container.scripts.get(id))
  },
}

function answer(status: number, script: Script): Answer {
  return { status, body: script, headers: { etag: script._etag } }
}

function execute(context: Context, container: Container, script: Script): Answer {
  const { request, reply, scripts } = context
  const { timeLimit, timeoutsAllowed, requestUnits, maxArgumentBytes, queriesSeeOwnWrites } = scripts
  if (Buffer.byteLength(request.body) > maxArgumentBytes) throw tooLarge()
  const parameters = request.body === '' ? [] : jsonBody(request)
  if (!Array.isArray(parameters)) throw badRequest('The parameters must be an array.')
  const at = requiredKey(container, request)
  reply.from(at.partition, at.partition.lsn)
  if (container.scripts.timeoutsOf(script) >= timeoutsAllowed) throw blocked(script)
  const enableScriptLogging = isSet(request, 'x-ms-documentdb-script-enable-logging')
  let spent = 0
  const run = (transaction: PartitionTransaction) =>
    runProcedure(script.body, parameters, transaction, {
      selfLink: container.self,
      altLink: `dbs/${container.databaseId}/colls/${container.id}`,
      indexingPolicy: container.indexingPolicy,
      formerIndexingPolicy: container.formerIndexingPolicy,
      pageLimit: context.pageLimit,
      queriesSeeOwnWrites,
      timeoutMs: timeLimit,
      requestUnits,
      refused: context.refusedCalls,
      enableScriptLogging,
      onCharge(charge) {
        spent += charge
        reply.charge = Math.max(METADATA, spent)
      },
    })
  const { result } = withTimeoutsNoted(container, script, () => container.transact(at, run))
  reply.from(at.partition, at.partition.lsn)
  const { body = '', log } = result
  const headers =
    log === undefined ? {} : { 'x-ms-documentdb-script-log-results': encodeURIComponent(log.toWellFormed()) }
  return { status: 200, body, headers }
}

function withTimeoutsNoted<Result>({ scripts }: Container, script: Script, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (error instanceof CosmosError && error.status === 408) scripts.noteTimeout(script)
    throw error
  }
}

/** @see https://github.com/serilog-archive/serilog-sinks-azuredocumentdb/pull/13 */
function blocked({ id }: Script): CosmosError {
  const why = 'is blocked for execution because it has violated its allowed resource limit several times'
  return new CosmosError(403, 'Forbidden', `The script with id '${id}' ${why}.`)
}
