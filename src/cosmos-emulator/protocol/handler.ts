import { randomUUID } from 'node:crypto'
import { notEmulated } from '../engine/errors.ts'
import { CosmosError } from '../engine/types.ts'
import type { Fault } from '../faults/fault.ts'
import { authorize, type Credentials } from './authorization.ts'
import { Reply, type Settings } from './context.ts'
import { headersTooLong } from './limits/header-size.ts'
import type { MetadataLimit } from './limits/metadata-requests.ts'
import { UNLIMITED } from './limits/throughput.ts'
import type { Answer, CosmosRequest, CosmosResponse } from './message.ts'
import { parsePath } from './path.ts'
import { accountRoutes } from './resources/account.ts'
import { containerDocumentRoutes } from './resources/container-documents.ts'
import { containerRoutes } from './resources/containers.ts'
import { databaseRoutes } from './resources/databases.ts'
import { documentRoutes } from './resources/documents.ts'
import { offerRoutes } from './resources/offers.ts'
import { partitionKeyRangeRoutes } from './resources/partition-key-ranges.ts'
import { storedProcedureRoutes } from './resources/stored-procedures.ts'
import type { Routes } from './routes.ts'

const ROUTES: Routes = {
  ...accountRoutes,
  ...databaseRoutes,
  ...containerRoutes,
  ...offerRoutes,
  ...partitionKeyRangeRoutes,
  ...storedProcedureRoutes,
  ...containerDocumentRoutes,
  ...documentRoutes,
}

/** Handles a request, in one go: what it does is atomic. It never throws. */
export type Handler = (request: CosmosRequest, fault?: Pick<Fault, 'refusesCall'>) => CosmosResponse

/** Who is let in, and with how many requests. */
export type Admission = {
  readonly credentials: Credentials
  readonly metadata: MetadataLimit
  /** Whether ids of documents are read as the service's gateway reads them. */
  readonly gatewayIds: boolean
}

/** Makes the handler of all requests to one account. */
export function handlerOf(settings: Settings, { credentials, metadata, gatewayIds }: Admission): Handler {
  return (request, fault) => {
    const reply = new Reply(settings)
    const tooLong = headersTooLong(request)
    if (tooLong !== undefined) return tooLong
    return respond(request, reply, () => {
      const path = parsePath(request.path, gatewayIds)
      authorize(request, path, credentials)
      metadata.admit(request, path.pattern)
      const route = ROUTES[`${request.method} ${path.pattern}`]
      if (route === undefined) {
        throw notEmulated(`${request.method} of ${path.pattern} is`)
      }
      settings.account.settle()
      const refusedCalls = fault?.refusesCall === undefined ? [] : [fault.refusesCall]
      return route({ ...settings, request, reply, refusedCalls }, ...path.names)
    })
  }
}

/** Answers an error as the service does. */
export function errorResponse(request: CosmosRequest, error: CosmosError): CosmosResponse {
  return respond(request, new Reply({ sessionTokens: 'simple', throughput: UNLIMITED }), () => {
    throw error
  })
}

function respond(request: CosmosRequest, reply: Reply, run: () => Answer): CosmosResponse {
  const activity = request.headers['x-ms-activity-id'] ?? randomUUID()
  const answer = attempt(run, activity)
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
  const charge = typeof reply.charge === 'number' ? reply.charge : reply.charge(Buffer.byteLength(body))
  // A request that is turned away costs nothing.
  if (answer.status !== 429) reply.spend(charge)
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/json',
      'x-ms-version': '2020-07-15',
      'x-ms-activity-id': activity,
      'x-ms-request-charge': `${Math.round(charge * 100) / 100}`,
      ...reply.headers,
      ...answer.headers,
    },
    body,
  }
}

function attempt(run: () => Answer, activity: string): Answer {
  try {
    return run()
  } catch (thrown) {
    const error = thrown instanceof CosmosError ? thrown : new CosmosError(500, 'InternalServerError', `${thrown}`)
    return {
      status: error.status,
      body: { code: error.code, message: `${error.message}\r\nActivityId: ${activity}` },
      headers: {
        ...(error.substatus !== undefined && { 'x-ms-substatus': `${error.substatus}` }),
        ...(error.retryAfter !== undefined && { 'x-ms-retry-after-ms': `${error.retryAfter}` }),
      },
    }
  }
}
