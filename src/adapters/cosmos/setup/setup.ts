import type { CosmosClient } from '@azure/cosmos'
import { systemClock } from '../../../core/clock.ts'
import { noTelemetry } from '../../../core/telemetry.ts'
import { chargeReporter } from '../client/charges.ts'
import { type Operation, runOperation } from '../client/request.ts'
import { CONTAINERS, type ContainerName } from '../containers.ts'
import { openContainers } from '../handle.ts'
import { type CosmosSetupOptions, containerNames } from '../options.ts'
import { checkAccount } from './account.ts'
import { createContainer, createDatabase, createStorageDocument, register, unless } from './create.ts'
import { assertContainer, definitionOf, withQueryIndex } from './definitions.ts'
import { loadProcedures } from './procedures.ts'

const DEADLINE = 120_000

/**
 * Creates what is missing of a storage: the database, its four containers, the stored procedures and the document that
 * says what the storage is. What is there stays as it is, so it can be run again, and by many processes at once. A
 * container that somebody else's events are in is taken as it is too; only the index that queries need is added.
 *
 * @throws UnsupportedStorage for an account with several write regions or too weak a consistency
 * @throws ForeignStorage for a container with another partition key, or one that is hashed by version 1
 * @throws InvalidConfiguration for a throughput that the account refuses
 * @throws StorageAccessDenied, StorageBusy, StorageUnavailable
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
    const indexingPolicy = name === 'events' ? withQueryIndex(definition.indexingPolicy) : undefined
    if (indexingPolicy === undefined) return
    const { id, partitionKey, ...rest } = definition
    if (id === undefined || partitionKey === undefined) return
    await unless(operation, [], ({ abortSignal }) =>
      database.container(id).replace({ ...rest, id, partitionKey, indexingPolicy }, { abortSignal }),
    )
  }
  await Promise.all(CONTAINERS.map(create))
  const { append, tombstone } = await loadProcedures()
  await Promise.all([
    register(operation, events.container, append),
    register(operation, events.container, tombstone),
    createStorageDocument(operation, leases),
  ])
}
