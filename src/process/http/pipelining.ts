import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './refusal.ts'

/**
 * Clients wait for a response before their next request. Each response that waits for earlier ones is held in memory.
 */
const MOST_OPEN = 4

/**
 * Counts the waiting requests of each connection. Node starts all requests of one packet at once, thousands of them.
 *
 * @returns how the request is refused if too many of its connection are waiting; the connection then ends with that
 *   response
 */
export function pipelineCheck(): (request: IncomingMessage, response: ServerResponse) => Refusal | undefined {
  const open = new WeakMap<object, number>()
  return ({ socket }, response) => {
    const waiting = (open.get(socket) ?? 0) + 1
    open.set(socket, waiting)
    response.once('close', () => open.set(socket, (open.get(socket) ?? 1) - 1))
    if (waiting <= MOST_OPEN) return undefined
    response.setHeader('connection', 'close')
    return {
      status: 429,
      code: 'TooManyRequests',
      detail: `More than ${MOST_OPEN} requests are waiting on one connection`,
    }
  }
}
