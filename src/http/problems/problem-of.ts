import { WrongExpectedVersion } from '../../core/errors/append.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { POSITION_HEADER } from '../position-header.ts'
import { hasPrecondition } from '../preconditions.ts'
import type { RequestHeaders } from '../request-headers.ts'
import { type Problem, problem } from './problem.ts'
import { STATUSES } from './statuses.ts'

/** How errors of the application are mapped. */
export type ProblemOptions = {
  /**
   * Statuses of the application's own errors by `code`. They take precedence over those of the library. The message of
   * such an error becomes the problem's `detail`, so it must be fit for clients.
   */
  readonly statuses?: Readonly<Record<string, number>>
  /** Called first. Return undefined to let the library map the error. */
  readonly problemOf?: (error: unknown) => Problem | undefined
}

/**
 * The problem details of an error, or undefined if clients must learn nothing but that the server failed.
 *
 * The fields of an error become members, except for `cause` and `position`. Of a storage failure only the code is
 * included, because its message and fields name hosts and paths of the server.
 */
export function problemOf(
  error: unknown,
  headers: RequestHeaders,
  { statuses = {}, problemOf: own }: ProblemOptions = {},
): Problem | undefined {
  const given = own?.(error)
  if (given !== undefined) return given
  if (!hasCode(error)) return undefined
  const status = statusOf(error, headers, statuses)
  if (status === undefined || status === 500) return undefined
  if ((status === 503 || isOfStorage(error)) && !isAboutView(error)) return problem(status, error.code, UNAVAILABLE)
  if (error instanceof IncarnationMismatch && status === 503) return problem(status, error.code, STALE_VIEW)
  if (!(error instanceof TidemarkError)) return problem(status, error.code, error.message)
  const { code, name: _, cause: __, position: ___, issues, ...data } = { ...error } as Record<string, unknown>
  const position = headers[POSITION_HEADER]
  return problem(status, error.code, error.message, {
    ...data,
    ...(issues !== undefined && { errors: issues }),
    ...(status === 504 && position !== undefined && { position }),
  })
}

const UNAVAILABLE = 'The server cannot process this request now; it may be sent again later'
const STALE_VIEW = 'The view was built from an earlier incarnation of the log and has to be rebuilt'

type CodedError = Error & { readonly code: string }

const hasCode = (error: unknown): error is CodedError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

function statusOf(
  error: CodedError,
  headers: RequestHeaders,
  statuses: Readonly<Record<string, number>>,
): number | undefined {
  if (Object.hasOwn(statuses, error.code)) return statuses[error.code]
  if (!(error instanceof TidemarkError)) return undefined
  if (error instanceof WrongExpectedVersion && hasPrecondition(headers)) return 412
  // Without a position, the view belongs to another incarnation, and the request is not at fault.
  if (error instanceof IncarnationMismatch && headers[POSITION_HEADER] === undefined) return 503
  return STATUSES.get(error.code)
}

const ABOUT_VIEWS: ReadonlySet<string> = new Set([
  'ViewParked',
  'ViewContended',
  'IncarnationMismatch',
  'EventStreamRefused',
])

// Whatever status the application gives it.
const isOfStorage = (error: CodedError): boolean =>
  error instanceof TidemarkError && (STATUSES.get(error.code) === 503 || error.code.includes('Storage'))

const isAboutView = ({ code }: CodedError): boolean => ABOUT_VIEWS.has(code)
