import type { Role } from '../contract/session.ts'
import type { Call } from './call.ts'
import { Refused } from './refused.ts'

/** One path of the API. */
export type Endpoint = {
  readonly method: 'GET' | 'POST'
  /** Below `/api/`, with `:name` for a parameter. */
  readonly path: string
  /** Who may call it. */
  readonly role: Role | 'anyone'
  serve(call: Call): Promise<void>
}

/** An endpoint that a path leads to. */
export type Match = {
  readonly endpoint: Endpoint
  readonly params: { readonly [name: string]: string }
  /** What is before `api/`, with a slash at its end. */
  readonly base: string
}

/**
 * Creates a function that finds the endpoint of a path, wherever the dashboard is mounted: the API begins after an
 * `/api/` below which there is such a path.
 *
 * @returns undefined if the path is not of the API
 * @throws Refused if it is, but there is no such endpoint, or not with this method
 */
export function createRouter(endpoints: readonly Endpoint[]): (method: string, path: string) => Match | undefined {
  const compiled = endpoints.map((endpoint) => ({ endpoint, segments: endpoint.path.split('/') }))
  return (method, path) => {
    const allowed = new Set<string>()
    for (let at = path.indexOf('/api/'); at >= 0; at = path.indexOf('/api/', at + 1)) {
      const segments = path.slice(at + '/api/'.length).split('/')
      for (const one of compiled) {
        if (!fits(one.segments, segments)) continue
        if (one.endpoint.method !== method) allowed.add(one.endpoint.method)
        else return { endpoint: one.endpoint, params: paramsOf(one.segments, segments), base: path.slice(0, at + 1) }
      }
    }
    if (allowed.size > 0) {
      const allow = [...allowed].join(', ')
      throw new Refused(405, 'MethodNotAllowed', `This path has the method ${allow}`, { allow })
    }
    if (path.includes('/api/')) throw new Refused(404, 'NotFound', 'The API has no such path')
    return undefined
  }
}

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]))

function paramsOf(pattern: readonly string[], segments: readonly string[]): Match['params'] {
  const named = pattern.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), segments[i] ?? '']] : []))
  return Object.fromEntries(named.map(([name, value = '']) => [name, decode(value)]))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Refused(400, 'InvalidRequest', 'The path contains a % that escapes nothing')
  }
}
