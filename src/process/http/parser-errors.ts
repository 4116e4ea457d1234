import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import type { Refusal } from './refusal.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

const REFUSALS: { readonly [code: string]: Refusal } = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'HeadersTooLarge', detail: 'The headers are larger than 16 KiB' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'BodyTooLarge', detail: 'The chunk extensions are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'RequestTimeout', detail: 'The request did not arrive in time' },
}

const MALFORMED: Refusal = { status: 400, code: 'InvalidRequest', detail: 'This is not an HTTP request' }

/** Responds with problem details to what Node's parser refuses, as to every other error, and ends the connection. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  // A second response would corrupt one that has started.
  const { _httpMessage: current } = socket as { readonly _httpMessage?: ServerResponse | null }
  if (socket.writable && error.code !== 'ECONNRESET' && !current?.headersSent) socket.write(answerTo(error.code))
  socket.destroySoon()
}

function answerTo(code = ''): string {
  const refusal = (Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined) ?? MALFORMED
  const body = JSON.stringify(problem(refusal.status, refusal.code, refusal.detail))
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': PROBLEM_JSON,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', body].join('\r\n')
}
