import { createServer } from 'node:http'
import type { Folding } from '../../../../src/dashboard/server/folding.ts'
import type { Handler } from '../../../../src/dashboard/server/handler.ts'
import { type ServingOptions, serveDashboard } from '../../../../src/dashboard/server/serve-dashboard.ts'
import { LOOPBACK_ONLY } from '../../../../src/process/http/access.ts'
import { openMemory } from '../../../../src/testing/index.ts'
import { type ManualClock, manualClock } from '../../../../src/testing/manual-clock.ts'
import { type Storage, withViews } from '../../../../src/views/with-views.ts'
import { listen } from '../../../support/http/listen.ts'
import { type FakeOperations, fakeOperations } from '../fake-operations.ts'

export const OPERATOR = 'operator-token-0123456789'
export const VIEWER = 'viewer-token-0123456789'

/** A dashboard of a test on a port of its own. */
export type ServedForTest = AsyncDisposable & {
  readonly url: string
  readonly handler: Handler
  readonly clock: ManualClock
  readonly operations: FakeOperations
  readonly storage: Storage
  readonly errors: unknown[]
  /** Signs in. @returns the cookie */
  signIn(token?: string, name?: string): Promise<string>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** As a page of the dashboard does. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
}

/** Serves a dashboard, by default on a storage in memory, where nothing happens. */
export async function serveForTest(
  options: Partial<ServingOptions> & { readonly operations?: FakeOperations } = {},
): Promise<ServedForTest> {
  const { operations = fakeOperations(), clock = manualClock(), ...others } = options
  const storage = withViews(await openMemory())
  const errors: unknown[] = []
  const folding = { loaded: async () => [] } as Partial<Folding> as Folding
  const opened = { storage, operations, folding, payloads: 'full' as const, loaded: () => [], pages: () => NO_PAGES }
  const served = serveDashboard(Promise.resolve(opened), 'full', {
    access: LOOPBACK_ONLY,
    tokens: { operator: OPERATOR, viewer: VIEWER },
    readOnly: false,
    label: null,
    clock,
    onError: (error) => errors.push(error),
    ...others,
  })
  const server = await listen(createServer(served.handler))
  const get: ServedForTest['get'] = (path, headers = {}) => fetch(`${server.url}${path}`, { headers })
  const post: ServedForTest['post'] = (path, body, headers = {}) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    })
  return {
    url: server.url,
    handler: served.handler,
    clock: clock as ManualClock,
    operations,
    storage,
    errors,
    get,
    post,
    async signIn(token = OPERATOR, name) {
      const response = await post('/api/session', { token, ...(name !== undefined && { name }) })
      return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    },
    async [Symbol.asyncDispose]() {
      served.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const NO_PAGES = { integrity: false, privacy: false, rules: false, groups: false }
