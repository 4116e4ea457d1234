import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '../../core/json/json.ts'
import type { SignedIn } from './access/sessions.ts'

/** A request of the API that was let in. */
export type Call = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly params: { readonly [name: string]: string }
  readonly query: URLSearchParams
  /** The body of a POST; empty for a GET. */
  readonly body: JsonObject
  /** The path of the dashboard, with a slash at its end. */
  readonly base: string
  /** Who is signed in; null if the endpoint is for anyone and the sender is unknown. */
  readonly by: SignedIn | null
}
