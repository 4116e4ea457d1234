import type { TidemarkError } from '../../../../core/errors/base.ts'
import type { Request } from '../operation.ts'
import { AnswerLost, refusal, unreadable, unsent } from './errors.ts'
import { type Failure, isBehindSession } from './failure.ts'

// A key that was just rotated: the SDK calls its credential function for each request.
const MOST_UNAUTHORIZED = 1
// A proxy that responds instead of the service may be gone at the next attempt, but no retry makes a header shorter.
const MOST_UNREADABLE = 4
// About four seconds, in which every available replica has caught up.
const BEHIND_FOR_LONG = 8

/** The failures of one request so far. */
export class FailedAttempts {
  readonly #request: Pick<Request<unknown>, 'kind' | 'mostTimeouts'>
  #unauthorized = 0
  #unreadable = 0
  #timeouts = 0
  #behind = 0

  constructor(request: Pick<Request<unknown>, 'kind' | 'mostTimeouts'>) {
    this.#request = request
  }

  /** Counts a failure. @returns the error with which the request ends, or undefined if it may be retried */
  add(failure: Failure): TidemarkError | undefined {
    const { kind, mostTimeouts = Number.POSITIVE_INFINITY } = this.#request
    if (isBehindSession(failure)) this.#behind++
    switch (failure.kind) {
      case 'refused':
        return failure.status === 401 && ++this.#unauthorized <= MOST_UNAUTHORIZED ? undefined : refusal(failure)
      case 'unsent':
        return unsent(failure)
      case 'unreadable':
        if (kind === 'write') return new AnswerLost(failure)
        return ++this.#unreadable > MOST_UNREADABLE ? unreadable(failure) : undefined
      case 'lost':
        if (kind === 'write') return new AnswerLost(failure)
        return failure.status === 408 && ++this.#timeouts >= mostTimeouts ? new AnswerLost(failure) : undefined
      default:
        return undefined
    }
  }

  /**
   * Whether the replicas have lacked what the session token names for so long that it may be lost. It returns true now
   * and then.
   */
  get isBehindForLong(): boolean {
    return this.#behind > 0 && this.#behind % BEHIND_FOR_LONG === 0
  }
}
