import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AccessOptions, accessCheck } from './access.ts'
import { pipelineCheck } from './pipelining.ts'
import type { Refusal } from './refusal.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/**
 * The first step for every request to a server: it sets the security headers of the response, and refuses the request
 * if a page of another site sent it, or if too many of its connection are waiting.
 *
 * @param headers those of every response
 * @returns why a request is refused; undefined if it is served
 */
export function requestGate(
  access: AccessOptions,
  headers: Readonly<Record<string, string>> = SECURITY_HEADERS,
): (request: IncomingMessage, response: ServerResponse) => Refusal | undefined {
  const check = accessCheck(access)
  const pipeline = pipelineCheck()
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    return check(request.headers) ?? pipeline(request, response)
  }
}
