import type { Clock } from '../../core/clock.ts'
import type { Operations } from '../../operations/model/operations.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Role, Session } from '../contract/session.ts'
import type { Folding } from './folding.ts'

/** What every route has. */
export type DashboardContext = {
  readonly storage: Storage
  readonly operations: Operations
  /** Runs what is the user's code in a thread of its own, 5 seconds at most. */
  readonly folding: Folding
  readonly payloads: Session['payloads']
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, 'now'>
}

/** A request that was let in: its session is valid, and its body is JSON. */
export type ApiRequest = {
  readonly params: { readonly [name: string]: string }
  readonly query: URLSearchParams
  readonly body: unknown
  readonly who: string
  readonly signal: AbortSignal
}

/** One path of the API. What is thrown becomes a problem with the error's code. */
export type Route = {
  readonly method: 'GET' | 'POST'
  /** Below `/api`, with `:name` for a parameter: `parked/:projection/:version/:key/replay`. */
  readonly path: string
  readonly role: Role
  handle(request: ApiRequest, context: DashboardContext): Promise<unknown>
}
