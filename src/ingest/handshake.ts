import { headerOf, type RequestHeaders } from '../http/request-headers.ts'
import type { IngestionOptions } from './ingestion-options.ts'

/** The methods that ingestion has. */
export const ALLOW = 'POST, OPTIONS'

/**
 * The headers of the response to OPTIONS. If it asks whether an origin may send events (CloudEvents' abuse protection
 * for webhooks), they say so; the absence of an answer refuses it.
 */
export function handshakeHeaders(
  headers: RequestHeaders,
  { allowedOrigins = [], allowedRate }: Pick<IngestionOptions, 'allowedOrigins' | 'allowedRate'>,
): Record<string, string> {
  const origin = headerOf(headers, 'webhook-request-origin')
  const isAllowed = origin !== undefined && (allowedOrigins === '*' || allowedOrigins.includes(origin))
  return {
    allow: ALLOW,
    ...(isAllowed && {
      'webhook-allowed-origin': allowedOrigins === '*' ? '*' : origin,
      'webhook-allowed-rate': allowedRate === undefined ? '*' : String(allowedRate),
    }),
  }
}
