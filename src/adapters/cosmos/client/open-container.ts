import type { Container, Database } from '@azure/cosmos'
import { PartitionMap } from '../partitions/partition-map.ts'
import { Sessions } from './sessions/sessions.ts'

/** A container, with what its responses to one handle showed: the latest session tokens and the physical partitions. */
export type OpenContainer = {
  readonly container: Container
  readonly sessions: Sessions
  readonly partitions: PartitionMap
}

/** Opens a container with its own session. */
export function openContainer(database: Database, id: string): OpenContainer {
  const partitions = new PartitionMap()
  return { container: database.container(id), sessions: new Sessions(partitions), partitions }
}
