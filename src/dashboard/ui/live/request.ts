import { problemOf, RequestFailed } from './problem.ts'
import { endSession } from './session.ts'

type Options = { readonly signal?: AbortSignal }

/**
 * Asks for `/api/<path>`.
 *
 * @throws RequestFailed with the code of the problem, or `Unreachable`
 */
export function get<Answer>(path: string, options: Options = {}): Promise<Answer> {
  return request(path, { ...options, method: 'GET' })
}

/** Posts JSON to `/api/<path>`. @throws RequestFailed */
export function post<Answer>(path: string, body: object = {}, options: Options = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return request(path, { ...options, method: 'POST', headers, body: JSON.stringify(body) })
}

/** A path of the API: each part is percent-encoded, so that ids may contain anything. */
export function apiPath(...parts: readonly (string | number)[]): string {
  return parts.map((part) => encodeURIComponent(part)).join('/')
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`api/${path}`, { ...init, credentials: 'same-origin' }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error
    throw new RequestFailed({ status: 0, code: 'Unreachable', title: '', detail: 'The dashboard did not answer.' })
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body as Answer
  if (response.status === 401) endSession()
  throw new RequestFailed(problemOf(response.status, body))
}
