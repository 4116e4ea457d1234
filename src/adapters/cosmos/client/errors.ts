import type { TidemarkError } from '../../../core/errors/base.ts'
import {
  StorageAccessDenied,
  StorageBusy,
  StorageFull,
  StorageNotSetUp,
  StorageUnavailable,
} from '../../../core/errors/storage.ts'

/**
 * What to make of a failed request:
 * - `refused`: an answer that the caller may have foreseen, such as 409
 * - `busy`: nothing was done, and it may be asked again: 429, 449
 * - `early`: nothing was done, for nobody was there to do it, or not yet
 * - `lost`: no answer came, or none that tells whether it was done
 */
export type FailureKind = 'refused' | 'busy' | 'early' | 'lost'

/** A failed request, taken apart. */
export type Failure = {
  readonly kind: FailureKind
  /** The HTTP status, or 0 where none came. */
  readonly status: number
  readonly substatus: number
  /** Milliseconds after which the server says it may be asked again. */
  readonly retryAfter: number | undefined
  readonly headers: Headers
  readonly cause: unknown
}

export type Headers = { readonly [name: string]: unknown }

/** The server refused a request, for a reason that its caller may know: a conflict, a precondition that fails. */
export class Refused extends StorageUnavailable {
  readonly status: number
  readonly substatus: number
  constructor({ status, substatus, cause }: Pick<Failure, 'status' | 'substatus' | 'cause'>) {
    super(`Azure Cosmos DB refused a request with status ${status}${substatus ? `/${substatus}` : ''}`, { cause })
    this.status = status
    this.substatus = substatus
  }
}

/** The answer to a write was lost, so that it may have been done or not: its caller must look. */
export class AnswerLost extends StorageUnavailable {
  constructor({ cause }: Pick<Failure, 'cause'>) {
    super('The answer to a write was lost', { cause })
  }
}

/** The status with which the server refused, or undefined when it did not. */
export const refusalOf = (error: unknown): number | undefined => (error instanceof Refused ? error.status : undefined)

/** 404: what the session token names is not there yet. */
const SESSION_NOT_AVAILABLE = 1002
const OWNER_NOT_FOUND = 1003
const WRITE_FORBIDDEN = 3
const ACCOUNT_NOT_FOUND = 1008
const PARTITION_FULL = 1014

// 449: a write met another one. 429/3200 and the like differ only in what was used up.
const BUSY = new Set([429, 449])
// A partition that moved, and a region that no longer takes writes.
const GONE = 410
const TOO_EARLY_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const CREDENTIAL_ERRORS = new Set([
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
])

/** Takes an error of the SDK apart, by its status and code and never by its text. */
export function failureOf(error: unknown): Failure {
  const { code, substatus, headers = {}, retryAfterInMs, cause, name } = (error ?? {}) as SdkError
  // `Items.batch` wraps the error of the request in a plain one.
  if (code === undefined && isSdkError(cause)) return failureOf(cause)
  const status = typeof code === 'number' && code >= 100 && code < 600 ? code : 0
  const sub = Number(substatus ?? headers['x-ms-substatus'] ?? 0) || 0
  const kind = CREDENTIAL_ERRORS.has(name ?? '') ? 'refused' : kindOf(code, status, sub)
  return { kind, status, substatus: sub, retryAfter: retryAfterInMs, headers, cause: error }
}

type SdkError = {
  readonly name?: string
  readonly code?: number | string
  readonly substatus?: number
  readonly headers?: Headers
  readonly retryAfterInMs?: number
  readonly cause?: unknown
}

const isSdkError = (value: unknown): boolean => typeof value === 'object' && value !== null && 'code' in value

function kindOf(code: unknown, status: number, substatus: number): FailureKind {
  if (status === 0) return typeof code === 'string' && TOO_EARLY_CODES.has(code) ? 'early' : 'lost'
  if (BUSY.has(status)) return 'busy'
  if (status === GONE || (status === 404 && substatus === SESSION_NOT_AVAILABLE)) return 'early'
  if (status === 403 && (substatus === WRITE_FORBIDDEN || substatus === ACCOUNT_NOT_FOUND)) return 'early'
  if (status === 408 || status >= 500) return 'lost'
  return 'refused'
}

/** The error that a refusal is for the caller of the port, unless the operation knows better. */
export function refusal(failure: Failure): TidemarkError {
  const { status, substatus, cause } = failure
  if (status === 403 && substatus === PARTITION_FULL) {
    return new StorageFull('A stream takes more than a logical partition may', { cause })
  }
  if (status === 401 || status === 403 || status === 0) {
    return new StorageAccessDenied('Azure Cosmos DB refused the credentials, or they do not allow this', { cause })
  }
  if (status === 404 && substatus === OWNER_NOT_FOUND) {
    return new StorageNotSetUp('The database or a container is missing', { cause })
  }
  return new Refused(failure)
}

/** The error after the deadline. */
export function gaveUp(failure: Failure | undefined, deadline: number): TidemarkError {
  const options = { cause: failure?.cause }
  return failure?.kind === 'busy'
    ? new StorageBusy(`Azure Cosmos DB throttled for longer than ${deadline} ms`, options)
    : new StorageUnavailable(`Azure Cosmos DB gave no answer within ${deadline} ms`, options)
}
