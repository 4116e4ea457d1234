import type { ContainerDefinition, Database } from '@azure/cosmos'
import { StorageBusy } from '../../../core/errors/storage.ts'
import type { Operation } from '../client/operation.ts'
import { readContainer } from './create.ts'
import { withIndexes } from './definitions.ts'
import { unless } from './requests.ts'

/**
 * Adds the indexes that the events container lacks, and waits until they are built: a query that needs one is refused
 * before. That takes the service hours where there are gigabytes of events.
 *
 * @throws StorageBusy when the deadline comes before; the building goes on then
 */
export async function buildIndexes(
  operation: Operation,
  database: Database,
  definition: ContainerDefinition,
): Promise<void> {
  const { id, partitionKey, ...rest } = definition
  const indexingPolicy = withIndexes(definition.indexingPolicy)
  if (id === undefined || partitionKey === undefined) return
  const container = database.container(id)
  if (indexingPolicy !== undefined) {
    await unless(operation, [], (options) => container.replace({ ...rest, id, partitionKey, indexingPolicy }, options))
  }
  for (let attempt = 0; ; attempt++) {
    const { indexed = 100 } = (await readContainer(operation, container)) ?? {}
    if (indexed === 100) return
    try {
      await operation.again(attempt)
    } catch (error) {
      if (!(error instanceof StorageBusy)) throw error
      const what = `An index of container ${id} is being built: ${indexed} %`
      throw new StorageBusy(`${what}. Run setup again later; releases before this one go on without it`, {
        cause: error,
      })
    }
  }
}
