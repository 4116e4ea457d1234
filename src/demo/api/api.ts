import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { EventStreams } from '../../http/streams/event-streams.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Meters } from '../domain/meters.ts'

/** The server as routes see it: what their zod schemas say is what their handlers get. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** What routes work on. */
export type Context = {
  readonly storage: Storage
  readonly meters: Meters
  /** For how many milliseconds a read waits for a position at most. */
  readonly viewTimeout: number
  /** Is aborted when the server closes: nobody waits for a view any longer then. */
  readonly closing: AbortSignal
  /** Those who watch a meter. */
  readonly streams: EventStreams
}

/** Adds one route. */
export type Route = (api: Api, context: Context) => void
