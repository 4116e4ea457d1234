import { type ExpectedVersion, isExpected } from './expected-version.ts'

/** What an append comes to; see {@link judgeAppend}. */
export type AppendVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly first: number; readonly last: number }
  | { readonly kind: 'conflict' }

/**
 * The rules of idempotent appends, the same for every adapter. They are KurrentDB's (its documentation of
 * idempotency), tightened: the ids count for as long as the stream exists, also for `'any'`.
 *
 * - No id is known in the stream: the expected version decides between append and conflict.
 * - All ids are known and stand at consecutive versions in the order given: a duplicate, if the expectation fits the
 *   place where they stand (a number E: the first one is at E + 1; `'any'` and `'streamExists'`: wherever it is).
 *   The caller then compares contents, and answers `EventIdReused` where they differ.
 * - Anything else, another order or a mixture of known and new ids, is a conflict.
 *
 * A deleted stream is refused before this is asked.
 *
 * @param expected what the append expects
 * @param head the stream's version, 0 when it does not exist
 * @param ids the event ids of the append, in order, without repetition
 * @param versionOf the version at which an id stands in this stream, or undefined
 */
export function judgeAppend(
  expected: ExpectedVersion,
  head: number,
  ids: readonly string[],
  versionOf: (id: string) => number | undefined,
): AppendVerdict {
  const first = versionOf(ids[0] as string)
  let known = first === undefined ? 0 : 1
  let consecutive = first !== undefined
  for (let i = 1; i < ids.length; i++) {
    const version = versionOf(ids[i] as string)
    if (version !== undefined) known++
    if (first === undefined || version !== first + i) consecutive = false
  }
  if (known === 0) return isExpected(expected, head) ? { kind: 'append' } : { kind: 'conflict' }
  if (first === undefined || !consecutive) return { kind: 'conflict' }
  const anywhere = expected === 'any' || expected === 'streamExists'
  if (!anywhere && !isExpected(expected, first - 1)) return { kind: 'conflict' }
  return { kind: 'duplicate', first, last: first + ids.length - 1 }
}
