import { type ExpectedVersion, isExpected } from '../../core/append/expected-version.ts'
import { WrongExpectedVersion } from '../../core/errors/append.ts'
import { Conflict, type RetryContext, retryConflicts } from './append-or-conflict.ts'

/** What the caller of a command expects of the stream that the command runs in. */
export type Expectation = { readonly expectedVersion?: ExpectedVersion }

/** @throws WrongExpectedVersion when a stream at `version` is not as the caller expects; before the command runs */
export function assertExpectation(
  { expectedVersion = 'any' }: Expectation,
  { streamId, version }: { readonly streamId: string; readonly version: number },
): void {
  if (!isExpected(expectedVersion, version)) throw new WrongExpectedVersion(streamId, expectedVersion, version)
}

/** Whether any append by another writer ends the expectation. */
export const isExact = ({ expectedVersion = 'any' }: Expectation): boolean =>
  expectedVersion !== 'any' && expectedVersion !== 'streamExists'

/**
 * `retryConflicts` for a command that may expect a version. One that expects an exact version looks once more after a
 * conflict, however few retries are allowed: for the earlier result of the same command, or else for the version that
 * its error names.
 *
 * @param attempt looks for an earlier result, asserts the expectation, then runs the command
 */
export function retryExpected<T>(
  context: RetryContext,
  expectation: Expectation,
  attempt: () => Promise<T | Conflict>,
): Promise<T> {
  return retryConflicts(context, async () => {
    const outcome = await attempt()
    return outcome instanceof Conflict && isExact(expectation) ? attempt() : outcome
  })
}
