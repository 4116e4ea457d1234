import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { EventStreams } from '../../http/streams/event-streams.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Meters } from '../domain/meters.ts'

/** The server as routes see it: handlers get what their zod schemas describe. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** What routes need. */
export type Context = {
  readonly storage: Storage
  readonly meters: Meters
  /** The longest that a read waits for a position, in milliseconds. */
  readonly viewTimeout: number
  /** Aborted when the server closes, so that no request waits for a view any longer. */
  readonly closing: AbortSignal
  /** Event streams of clients that watch a meter. */
  readonly streams: EventStreams
}

/** Adds one route. */
export type Route = (api: Api, context: Context) => void
