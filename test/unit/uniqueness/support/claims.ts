import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { CLAIMS_VERSION, type Claim, parseClaim, UNIQUE } from '../../../../src/uniqueness/claim.ts'

/** The claims of a storage, without the record that they share. */
export async function claimsIn({ viewStore }: StoragePort): Promise<readonly Claim[]> {
  const { views } = await viewStore.query({ projection: UNIQUE, version: CLAIMS_VERSION, limit: 1000 })
  return views.filter(({ document }) => !document.key.startsWith('$')).map(parseClaim)
}
