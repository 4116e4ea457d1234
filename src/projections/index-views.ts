import type { StoragePort } from '../core/port/storage.ts'
import type { Projection } from './projection.ts'

/**
 * Creates the indexes that projections name, if the database supports any. Without an index, queries are slower but
 * still correct, so a failure is reported and stops nothing.
 *
 * @param failed called with the reason if the indexes of a projection could not be created
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
