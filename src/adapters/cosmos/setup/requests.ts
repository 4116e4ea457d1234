import { StorageNotSetUp } from '../../../core/errors/storage.ts'
import { refusalOf } from '../client/failures/errors.ts'
import type { Operation, RequestKind, SentOptions } from '../client/operation.ts'

/** What a request about databases, containers and scripts is sent with. */
export type SetupOptions = Pick<SentOptions, 'abortSignal'>

/**
 * Makes a request that another process may have made already.
 *
 * @returns the answer, or undefined where the server refused with one of `foreseen`
 */
export async function unless<A>(
  operation: Operation,
  foreseen: readonly number[],
  send: (options: SetupOptions) => Promise<A>,
  kind: RequestKind = 'repeatable',
): Promise<A | undefined> {
  try {
    return await operation.request({ kind, send: ({ abortSignal }) => send({ abortSignal }) })
  } catch (error) {
    if (foreseen.includes(refusalOf(error) ?? 0)) return undefined
    // What is missing may be told as missing in something that is missing.
    if (error instanceof StorageNotSetUp && foreseen.includes(404)) return undefined
    throw error
  }
}
