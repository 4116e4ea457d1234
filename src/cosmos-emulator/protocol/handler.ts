import { randomUUID } from 'node:crypto'
import { notEmulated } from '../engine/errors.ts'
import { CosmosError } from '../engine/types.ts'
import { accountRoutes } from './account.ts'
import { authorize, type Credentials } from './authorization.ts'
import { containerDocumentRoutes } from './container-documents.ts'
import { containerRoutes } from './containers.ts'
import { type Context, Reply } from './context.ts'
import { databaseRoutes } from './databases.ts'
import { documentRoutes } from './documents.ts'
import type { Answer, CosmosRequest, CosmosResponse } from './message.ts'
import { offerRoutes } from './offers.ts'
import { partitionKeyRangeRoutes } from './partition-key-ranges.ts'
import { parsePath } from './path.ts'
import type { Routes } from './routes.ts'
import { storedProcedureRoutes } from './stored-procedures.ts'

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
export type Handler = (request: CosmosRequest) => CosmosResponse

/** Makes the handler of all requests to one account. */
export function handlerOf(settings: Omit<Context, 'request' | 'reply'>, credentials: Credentials): Handler {
  return (request) => {
    const reply = new Reply()
    return respond(request, reply, () => {
      const path = parsePath(request.path)
      authorize(request, path, credentials)
      const route = ROUTES[`${request.method} ${path.pattern}`]
      if (route === undefined) {
        throw notEmulated(`${request.method} of ${path.pattern} is`)
      }
      return route({ ...settings, request, reply }, ...path.names)
    })
  }
}

/** Answers an error as the service does. */
export function errorResponse(request: CosmosRequest, error: CosmosError): CosmosResponse {
  return respond(request, new Reply(), () => {
    throw error
  })
}

function respond(request: CosmosRequest, reply: Reply, run: () => Answer): CosmosResponse {
  const activity = request.headers['x-ms-activity-id'] ?? randomUUID()
  const answer = attempt(run, activity)
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
  const charge = typeof reply.charge === 'number' ? reply.charge : reply.charge(Buffer.byteLength(body))
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
      headers: error.substatus === undefined ? {} : { 'x-ms-substatus': `${error.substatus}` },
    }
  }
}
