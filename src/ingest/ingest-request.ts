import type { IncomingMessage } from 'node:http'
import { ignoreRejection } from '../core/async/callbacks.ts'
import type { RequestHeaders } from '../http/request-headers.ts'
import { readBody } from './reading/read-body.ts'

/** A request with events, as `authenticate` gets it. */
export type IngestRequest = {
  readonly headers: RequestHeaders
  /** For what else there is to know, such as the client's certificate. Do not read its body. */
  readonly raw: IncomingMessage
  /**
   * The whole body, for senders who sign it; it is read only once.
   *
   * @throws BodyTooLarge, RequestTimeout, InvalidRequest if it is incomplete
   */
  body(): Promise<Buffer>
}

/** The request with a body that is read when it is first asked for. */
export function ingestRequest(
  raw: IncomingMessage,
  limits: { readonly bytes: number; readonly bodyTimeout: number },
): IngestRequest {
  let reading: Promise<Buffer> | undefined
  return {
    headers: raw.headers,
    raw,
    body() {
      if (reading === undefined) {
        reading = readBody(raw, limits)
        ignoreRejection(reading)
      }
      return reading
    },
  }
}
