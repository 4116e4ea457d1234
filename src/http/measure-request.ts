import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Telemetry } from '../core/telemetry/telemetry.ts'

// Anyone can send a request with a method of their own, and each would be a series.
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'])

/**
 * Measures a request until its response is closed, as OpenTelemetry's conventions for `http.server.request.duration`
 * describe. A stream of events is not measured: it ends when the client leaves.
 *
 * @param route returns the template of the path that matched, without values, or undefined if none did
 */
export function measureRequest(
  telemetry: Telemetry,
  { method = '' }: IncomingMessage,
  response: ServerResponse,
  route: () => string | undefined,
): void {
  const stop = telemetry.time('http.server.request.duration', {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    'url.scheme': 'http',
  })
  response.once('close', () => {
    if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return
    const path = route()
    const { headersSent, statusCode } = response
    stop({
      ...(path !== undefined && { 'http.route': path }),
      ...(headersSent && { 'http.response.status_code': statusCode }),
      ...(headersSent && statusCode >= 500 && { 'error.type': String(statusCode) }),
    })
  })
}
