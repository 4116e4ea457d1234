import { respondJson } from './respond.ts'
import type { DashboardContext, Route } from './route.ts'
import type { Endpoint } from './router.ts'

/** The endpoint of a route, whose result is sent as JSON. @param context what all routes share, once it is there */
export const apiEndpoint = (route: Route, context: Promise<DashboardContext>): Endpoint => ({
  method: route.method,
  path: route.path,
  role: route.role,
  async serve({ response, params, query, body, by }) {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const request = { params, query, body, who: by?.name ?? '', signal: gone.signal }
    try {
      respondJson(response, await route.handle(request, await context))
    } catch (error) {
      // What was ended because the client left has failed for no one.
      if (error !== gone.signal.reason) throw error
    }
  },
})
