import type { CosmosClient } from '@azure/cosmos'
import { systemClock } from '../../../core/clock.ts'
import { noTelemetry } from '../../../core/telemetry/telemetry.ts'
import { chargeReporter } from '../client/charges.ts'
import type { Operation } from '../client/operation.ts'
import { runOperation } from '../client/run-operation.ts'
import { openContainers } from '../handle.ts'
import { type CosmosSetupOptions, containerNames } from '../options.ts'
import { checkAccount } from './account.ts'
import { buildIndexes } from './build-index.ts'
import { CONTAINERS, type ContainerName } from './containers.ts'
import { createContainer, createDatabase, createStorageDocument } from './create.ts'
import { assertContainer, definitionOf } from './definitions.ts'
import { loadProcedures } from './procedures.ts'
import { register, removeOld } from './register.ts'

const DEADLINE = 120_000

/**
 * Creates what is missing of a storage: the database, its four containers, the stored procedures and the document that
 * describes the storage. Existing parts stay as they are, so it can be run repeatedly, and by many processes at once. A
 * container with events of another program is accepted, too; only the indexes that reads and queries need are added,
 * and waited for. Stored procedures of earlier releases are removed a week after this one's were registered, and one
 * that the service blocks is registered again.
 *
 * @throws UnsupportedStorage for an account with several write regions or too weak a consistency level
 * @throws ForeignStorage for a container with another partition key, or one that is hashed by version 1
 * @throws InvalidConfiguration for a throughput that the account refuses
 * @throws StorageBusy also while an index is being built
 * @throws StorageAccessDenied, StorageUnavailable
 */
export async function setUpCosmos(client: CosmosClient, options: CosmosSetupOptions): Promise<void> {
  const { deadline = DEADLINE, onRequestCharge } = options
  const report = chargeReporter(noTelemetry, onRequestCharge)
  const settings = { timing: systemClock, deadline, report }
  await runOperation(settings, 'setup', (operation) => setUp(operation, client, options))
}

async function setUp(operation: Operation, client: CosmosClient, options: CosmosSetupOptions): Promise<void> {
  const names = containerNames(options)
  await checkAccount(operation, client)
  const database = await createDatabase(operation, client, options.database, options.throughput)
  const { events, leases } = openContainers(database, names)
  const create = async (name: ContainerName) => {
    const throughput = name === 'events' ? options.eventsThroughput : undefined
    const definition = await createContainer(operation, database, definitionOf(name, names[name]), throughput)
    assertContainer(name, definition)
    if (name === 'events') await buildIndexes(operation, database, definition)
  }
  await Promise.all(CONTAINERS.map(create))
  const { append, tombstone } = await loadProcedures()
  await Promise.all([
    register(operation, events.container, append),
    register(operation, events.container, tombstone),
    createStorageDocument(operation, leases),
  ])
  await removeOld(operation, events.container, [append, tombstone], systemClock.now())
}
