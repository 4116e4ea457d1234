import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './refusal.ts'

/** Clients wait for an answer before they ask on. Each answer that waits for those before it is kept in memory. */
const MOST_OPEN = 4

/**
 * Counts the requests of each connection that wait for their answer. Node begins with all that come in one packet at
 * once, thousands of them.
 *
 * @returns how the request is refused when too many of its connection wait; the connection then ends with that answer
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
      detail: `More than ${MOST_OPEN} requests of one connection wait for an answer`,
    }
  }
}
