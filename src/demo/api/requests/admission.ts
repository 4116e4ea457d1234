import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { problem } from '../../../http/problems/problem.ts'
import type { Refusal } from '../../../process/http/refusal.ts'
import { answerProblem } from '../../server/failures.ts'
import type { Server } from '../../server/server.ts'
import { IDEMPOTENCY_HEADER } from '../idempotency.ts'

/** Refuses, before any route sees them, writes that a plain form or a link of any page could send. */
export function refuseForms(api: Server): void {
  api.addHook('onRequest', async (request, reply) => {
    const refusal = writeFault(request)
    if (refusal) return answerProblem(reply, problem(refusal.status, refusal.code, refusal.detail))
  })
}

// A page of another site can send none of them without a preflight request, which this server does not allow.
function writeFault({ method, headers, is404 }: FastifyRequest): Refusal | undefined {
  if (is404 || method === 'GET' || method === 'HEAD') return undefined
  if (isBare(headers) && !isFromBrowser(headers)) return undefined
  if (/^application\/(json|pdf)\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined
  if (headers[IDEMPOTENCY_HEADER] !== undefined) return undefined
  return {
    status: 415,
    code: 'UnsupportedMediaType',
    detail: 'A request that changes something needs the header Content-Type: application/json, or an Idempotency-Key',
  }
}

// What `curl -X POST` sends: there is nothing whose type could be wrong.
const isBare = (headers: IncomingHttpHeaders): boolean =>
  headers['content-type'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0

// Browsers send at least one of them with every request that may change something; programs send neither.
const isFromBrowser = (headers: IncomingHttpHeaders): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
