import type { Route } from '../server/route.ts'

/** The route of what every viewer may read. */
export const readRoute = (path: string, handle: Route['handle']): Route => ({
  method: 'GET',
  path,
  role: 'viewer',
  handle,
})
