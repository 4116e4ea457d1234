import { type ExpectedVersion, isExpected } from './expected-version.ts'

/** The outcome of an append; see {@link judgeAppend}. */
export type AppendVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly first: number; readonly last: number }
  | { readonly kind: 'conflict' }

/**
 * The rules of idempotent appends, the same for every adapter. They are KurrentDB's (see its documentation on
 * idempotency), tightened: the ids count for as long as the stream exists, also for `'any'`.
 *
 * - No id is in the stream: the expected version decides between append and conflict.
 * - All ids are in the stream at consecutive versions in the given order: a duplicate, if the expected version matches
 *   their position (a number E: the first one is at E + 1; `'any'` and `'streamExists'`: any position). The caller then
 *   compares contents, and fails with `EventIdReused` if they differ.
 * - Anything else, another order or a mixture of known and new ids, is a conflict.
 *
 * A deleted stream is refused before this is called.
 *
 * @param expected what the append expects
 * @param head the stream's version, 0 if it does not exist
 * @param ids the event ids of the append, in order, without repetition
 * @param versionOf the version of an id in this stream, or undefined
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
