import type { ContainerDefinition, Database } from '@azure/cosmos'
import { StorageBusy } from '../../../core/errors/storage.ts'
import type { Operation } from '../client/operation.ts'
import { readContainer } from './create.ts'
import { withIndexes } from './definitions.ts'
import { unless } from './requests.ts'

/**
 * Adds the indexes that the events container lacks, and waits until they are built, because a query that needs one is
 * refused before. With gigabytes of events this takes the service hours.
 *
 * @throws StorageBusy if the deadline passes before; building then continues
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
      throw new StorageBusy(`${what}. Run setup again later; earlier releases keep running without it`, {
        cause: error,
      })
    }
  }
}
