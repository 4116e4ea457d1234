import type { StoragePort } from '../core/port/storage.ts'
import type { Projection } from './projection.ts'

/**
 * Makes the indexes that projections name, where the database can make any. Without one, queries are slower and no less
 * right: one that cannot be made is told and stops nothing.
 *
 * @param failed is told why the indexes of a projection could not be made
 */
export async function indexViews(
  { viewStore }: Pick<StoragePort, 'viewStore'>,
  projections: readonly Projection[],
  failed: (error: unknown, projection: Projection) => void,
): Promise<void> {
  for (const projection of projections) {
    const { name, version, indexes } = projection
    if (indexes.length === 0) continue
    try {
      await viewStore.index?.(name, version, indexes)
    } catch (error) {
      failed(error, projection)
    }
  }
}
