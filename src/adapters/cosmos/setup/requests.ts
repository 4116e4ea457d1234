import { StorageNotSetUp } from '../../../core/errors/storage.ts'
import { refusalOf } from '../client/failures/errors.ts'
import type { Operation, RequestKind, SentOptions } from '../client/operation.ts'

/** The options of a request about databases, containers and scripts. */
export type SetupOptions = Pick<SentOptions, 'abortSignal'>

/**
 * Sends a request that another process may already have sent.
 *
 * @returns the response, or undefined if the server refused with one of `foreseen`
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
    // A missing resource may be reported as missing in a parent that is missing.
    if (error instanceof StorageNotSetUp && foreseen.includes(404)) return undefined
    throw error
  }
}
