import type { IncomingMessage, ServerResponse } from 'node:http'
import { notify } from '../core/async/callbacks.ts'
import { errorResponse, REPRESENTATION_HEADERS } from './problems/error-response.ts'
import type { ProblemOptions } from './problems/problem-of.ts'

/** How a request listener responds to errors. */
export type RequestListenerOptions = ProblemOptions & {
  /** Called with every error that is the server's fault; by default it is written to the console. */
  readonly onError?: (error: unknown) => void
}

/**
 * Creates a request listener for `createServer` of node:http from a handler that may throw or reject. Errors become
 * responses with problem details.
 */
export function requestListener(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  { onError = console.error, ...options }: RequestListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await handler(request, response)
    } catch (error) {
      const { status, headers, text, failure } = errorResponse(error, request.headers, options)
      if (failure) notify(onError, failure.error)
      // A response that has started cannot be replaced, and must not look complete to the client.
      if (response.headersSent) return void response.destroy()
      for (const name of REPRESENTATION_HEADERS) response.removeHeader(name)
      response.writeHead(status, headers).end(text)
    }
  }
  return (request, response) => void serve(request, response)
}
