import type { OperationInput, OperationResponse } from '@azure/cosmos'
import { StorageUnavailable } from '../../../core/errors/storage.ts'
import { sessionOf } from './answers.ts'
import type { OpenContainer } from './open-container.ts'
import type { Operation, RequestKind } from './operation.ts'

/** One operation's part of the response to a batch. */
export type BatchResult = OperationResponse & { readonly resourceBody?: { readonly [field: string]: unknown } }

const FAILED_DEPENDENCY = 424

/**
 * Runs a transactional batch in one logical partition: all operations or none.
 *
 * @throws as `Operation.request` does; `Refused` with the status of the failed operation
 */
export async function batch(
  operation: Operation,
  { kind, ...open }: OpenContainer & { readonly kind: RequestKind },
  partitionKey: string,
  operations: readonly OperationInput[],
): Promise<{ readonly results: readonly BatchResult[]; readonly session: string | undefined }> {
  const { result, headers } = await operation.request({
    in: open,
    at: { key: partitionKey },
    kind,
    async send(options) {
      // The SDK modifies its arguments.
      const response = await open.container.items.batch([...operations], partitionKey, options)
      const results = response.result as BatchResult[] | undefined
      const failed = results?.find(({ statusCode }) => statusCode >= 400 && statusCode !== FAILED_DEPENDENCY)
      // A batch that fails as a whole has the same response as one that succeeds: 207 and a status for each operation.
      if (failed)
        throw Object.assign(new Error('A batch failed'), { code: failed.statusCode, headers: response.headers })
      return response
    },
  })
  if (!Array.isArray(result)) throw new StorageUnavailable('The response to a batch had no results')
  return { results: result as BatchResult[], session: sessionOf(headers) }
}
