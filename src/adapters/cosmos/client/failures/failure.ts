/**
 * What a failed request means:
 * - `refused`: a response that the caller may expect, such as 409
 * - `busy`: it had no effect, and may be retried: 429, 449
 * - `early`: it had no effect, because no server that could execute it was reached, or not yet
 * - `lost`: there was no response, or none that shows whether it was done
 * - `unreadable`: there was a response that is not JSON, so it does not show whether it was done
 * - `unsent`: the SDK's own check refused the request; a retry would fail the same check
 */
export type FailureKind = 'refused' | 'busy' | 'early' | 'lost' | 'unreadable' | 'unsent'

/** A failed request, analysed. */
export type Failure = {
  readonly kind: FailureKind
  /** The HTTP status, or 0 if there was none. */
  readonly status: number
  readonly substatus: number
  /** Milliseconds after which the server allows a retry. */
  readonly retryAfter: number | undefined
  readonly headers: Headers
  readonly cause: unknown
}

export type Headers = { readonly [name: string]: unknown }

/** 404: the responding replica does not have what the session token names. */
const SESSION_NOT_AVAILABLE = 1002
const WRITE_FORBIDDEN = 3
const ACCOUNT_NOT_FOUND = 1008
// A conflicting write. 429/3200 and similar ones differ only in the resource that was exhausted.
const BUSY = new Set([429, 449])
// A partition that moved, and a region that no longer accepts writes.
const GONE = 410
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const CREDENTIAL_ERRORS = new Set([
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
])
// How the SDK fails on a response that is not JSON: in its parser, or on the message that an error must have.
const PARSER_ERRORS = new Set(['SyntaxError', 'TypeError'])
// These come from the transport, which does not always give them a code.
const TRANSPORT_ERRORS = new Set(['AbortError', 'TimeoutError', 'RestError'])

/** Analyses an error of the SDK by its status, code and name and never by its text. */
export function failureOf(error: unknown): Failure {
  const { code, substatus, headers = {}, retryAfterInMs, cause, name = '' } = (error ?? {}) as SdkError
  // `Items.batch` wraps the error of the request in a plain one.
  if (code === undefined && isSdkError(cause)) return failureOf(cause)
  const status = typeof code === 'number' && code >= 100 && code < 600 ? code : 0
  const sub = Number(substatus ?? headers['x-ms-substatus'] ?? 0) || 0
  const kind = CREDENTIAL_ERRORS.has(name) ? 'refused' : kindOf({ name, code, status, substatus: sub })
  return { kind, status, substatus: sub, retryAfter: retryAfterInMs, headers, cause: error }
}

/** Whether the responding replica lacks what the session token names. */
export const isBehindSession = ({ status, substatus }: Pick<Failure, 'status' | 'substatus'>): boolean =>
  status === 404 && substatus === SESSION_NOT_AVAILABLE

/** Whether a failed request was sent to a physical partition that was split, merged or moved. */
export const isGone = (error: unknown): boolean => failureOf(error).status === GONE

type SdkError = {
  readonly name?: string
  readonly code?: number | string
  readonly substatus?: number
  readonly headers?: Headers
  readonly retryAfterInMs?: number
  readonly cause?: unknown
}

const isSdkError = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'code' in value && value.code !== undefined

function kindOf(error: Pick<Failure, 'status' | 'substatus'> & { name: string; code: unknown }): FailureKind {
  const { name, code, status, substatus } = error
  if (status === 0) return kindWithoutStatus(name, code)
  if (BUSY.has(status)) return 'busy'
  if (status === GONE || isBehindSession({ status, substatus })) return 'early'
  if (status === 403 && (substatus === WRITE_FORBIDDEN || substatus === ACCOUNT_NOT_FOUND)) return 'early'
  if (status === 408 || status >= 500) return 'lost'
  return 'refused'
}

function kindWithoutStatus(name: string, code: unknown): FailureKind {
  if (typeof code === 'string') return NOT_REACHED.has(code) ? 'early' : 'lost'
  if (PARSER_ERRORS.has(name)) return 'unreadable'
  return code === undefined && !TRANSPORT_ERRORS.has(name) ? 'unsent' : 'lost'
}
