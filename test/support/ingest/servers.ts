import { createServer } from 'node:http'
import fastify from 'fastify'
import type { ArrivalStorage } from '../../../src/core/append/append-each.ts'
import { type Ingestion, ingestHandler, ingestion, ingestPlugin } from '../../../src/ingest/index.ts'
import type { IngestionOptions } from '../../../src/ingest/ingestion-options.ts'
import { listen } from '../http/listen.ts'

/** A server that accepts events at `url`; disposing cuts all connections. */
export type IngestServer = AsyncDisposable & { readonly url: string }

async function overNode(accepting: Ingestion): Promise<IngestServer> {
  const { url, [Symbol.asyncDispose]: dispose } = await listen(createServer(ingestHandler(accepting)))
  return { url: `${url}/events`, [Symbol.asyncDispose]: dispose }
}

async function overFastify(accepting: Ingestion): Promise<IngestServer> {
  const api = fastify({ forceCloseConnections: true })
  await api.register(ingestPlugin(accepting))
  const url = await api.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: `${url}/events`,
    async [Symbol.asyncDispose]() {
      await api.close()
    },
  }
}

/** The servers that ingestion is made for. */
export const INGEST_SERVERS = [
  ['node:http', overNode],
  ['fastify', overFastify],
] as const

/** Serves ingestion on node:http. Errors that are not the sender's fault end the test unless it takes them. */
export function serve<Who>(
  storage: ArrivalStorage,
  options: Partial<IngestionOptions<Who>> = {},
  over: (accepting: Ingestion) => Promise<IngestServer> = overNode,
): Promise<IngestServer> {
  const onError = (error: unknown) => {
    throw error
  }
  return over(ingestion<Who>(storage, { authenticate: 'none', onError, ...options }))
}

/** Sends a request and reads the response. */
export async function send(
  url: string,
  body: string | Uint8Array | undefined,
  headers: Record<string, string>,
  method = 'POST',
) {
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: body as string }) })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

export const STRUCTURED = { 'content-type': 'application/cloudevents+json' }
export const BATCH = { 'content-type': 'application/cloudevents-batch+json' }
export const JSON_BODY = { 'content-type': 'application/json' }
