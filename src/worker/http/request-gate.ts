import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AccessOptions, accessCheck } from './access.ts'
import { pipelineCheck } from './pipelining.ts'
import type { Refusal } from './refusal.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/**
 * What every request to a server goes through first: the security headers are set on its answer, and it is refused when
 * a page of another site sent it, or when too many of its connection wait.
 *
 * @returns why a request is refused; undefined when it is served
 */
export function requestGate(
  access: AccessOptions,
): (request: IncomingMessage, response: ServerResponse) => Refusal | undefined {
  const check = accessCheck(access)
  const pipeline = pipelineCheck()
  return (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    return check(request.headers) ?? pipeline(request, response)
  }
}
