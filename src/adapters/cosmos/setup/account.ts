import type { CosmosClient } from '@azure/cosmos'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import type { Operation } from '../client/operation.ts'

const TOO_WEAK = new Set(['Eventual', 'ConsistentPrefix'])

/**
 * Checks that an account can provide the log's guarantees.
 *
 * @returns the account's consistency level, if it is known
 * @throws UnsupportedStorage if several regions accept writes, or clients are not guaranteed to read their own writes
 */
export async function checkAccount(operation: Operation, client: CosmosClient): Promise<string | undefined> {
  const { resource: account } = await operation.request({
    kind: 'read',
    send: ({ abortSignal }) => client.getDatabaseAccount({ abortSignal }),
  })
  if (account?.enableMultipleWritableLocations || (account?.writableLocations?.length ?? 1) > 1) {
    throw new UnsupportedStorage(
      'The account has several write regions: two appends could both be acknowledged at one version, and one be dropped',
    )
  }
  const level = account?.consistencyPolicy
  if (level !== undefined && TOO_WEAK.has(level)) {
    throw new UnsupportedStorage(`The account's consistency is ${level}, but Session or a stronger level is needed`)
  }
  return level
}
