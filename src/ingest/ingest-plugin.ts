import type { IncomingMessage } from 'node:http'
import type { FastifyReplyLike } from '../http/fastify.ts'
import { DEFAULT_PATH, type IngestPath } from './ingest-handler.ts'
import type { Ingestion } from './ingestion.ts'

/** The part of fastify's instance that is used here. */
export type FastifyLike = {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown
  route(options: {
    readonly method: string[]
    readonly url: string
    readonly exposeHeadRoute: boolean
    readonly handler: (request: { readonly raw: IncomingMessage }, reply: FastifyReplyLike) => Promise<unknown>
  }): unknown
}

// Each method has its answer: 405 if it is not one that events are sent with.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Creates a plugin for fastify that accepts events: `await api.register(ingestPlugin(ingestion(storage, options)))`. It
 * reads the bodies of its own route itself; the parsers of other routes stay as they are.
 */
export function ingestPlugin(
  ingestion: Ingestion,
  { path = DEFAULT_PATH }: IngestPath = {},
): (api: FastifyLike) => Promise<void> {
  return async (api) => {
    api.removeAllContentTypeParsers()
    api.addContentTypeParser('*', (_, __, done) => done(null))
    api.route({
      method: METHODS,
      url: path,
      exposeHeadRoute: false,
      async handler({ raw }, reply) {
        const { status, headers, text } = await ingestion.respond(raw)
        reply.code(status)
        for (const [name, value] of Object.entries(headers)) reply.header(name, value)
        // It is text already, whatever serialises the responses of other routes.
        reply.serializer(String)
        reply.send(text)
        return reply
      },
    })
  }
}
