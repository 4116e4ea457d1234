import type { CosmosClient } from '@azure/cosmos'
import { Changes } from '../../core/changes.ts'
import { systemClock } from '../../core/clock.ts'
import type { StorageLimits, StoragePort } from '../../core/port/storage.ts'
import { noTelemetry } from '../../core/telemetry.ts'
import { appender } from './append.ts'
import { chargeReporter } from './client/charges.ts'
import { type RequestSettings, runOperation } from './client/request.ts'
import { changeFeed } from './feed.ts'
import { appendFinder } from './find-append.ts'
import { type Handle, openContainers, openness } from './handle.ts'
import { leaseStore } from './leases.ts'
import { locator } from './locate.ts'
import { type AppendMode, assertMilliseconds, type CosmosOptions, containerNames } from './options.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { checkAccount } from './setup/account.ts'
import { inspect } from './setup/inspect.ts'
import { setUpCosmos } from './setup/setup.ts'
import { snapshotStore } from './snapshots.ts'
import { readStorageDocument } from './storage-document.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'

export type { RequestCharge } from './client/charges.ts'
export type { AppendMode, CosmosOptions, CosmosSetupOptions, Throughput } from './options.ts'
export { setUpCosmos } from './setup/setup.ts'

/** An opened database. */
export type CosmosPort = StoragePort

const DEADLINE = 30_000
const POLL_INTERVAL = 1000

// Requests and documents end at 2 MB (2,097,152 bytes); what an event or a view is wrapped in must fit in, too: an
// event of a stream whose id takes 600 bytes takes 1,400 more than itself.
const BYTES = 1_900_000

// A batch takes 100 operations, one of which reads the version that is expected.
const LIMITS: { readonly [Mode in AppendMode]: StorageLimits } = {
  storedProcedure: { eventsPerAppend: 100, bytesPerAppend: BYTES, bytesPerView: BYTES },
  transactionalBatch: { eventsPerAppend: 99, bytesPerAppend: BYTES, bytesPerView: BYTES },
}

/**
 * Opens a storage in a database of Azure Cosmos DB. The client stays the caller's: whatever level of consistency it was
 * made with, this reads what it wrote, and closing the storage does not dispose of the client. Each opening has
 * sessions of its own.
 *
 * @throws StorageNotSetUp where `setUpCosmos` has not been run
 * @throws ForeignStorage, UnsupportedStorage for containers or an account that cannot hold a log
 * @throws StorageAccessDenied, StorageTooNew, StorageCorrupt, StorageBusy, StorageUnavailable
 * @throws InvalidConfiguration for an option that is none
 */
export async function openCosmosPort(client: CosmosClient, options: CosmosOptions): Promise<CosmosPort> {
  const { append: appendMode = 'storedProcedure', timing = systemClock, telemetry = noTelemetry } = options
  const { deadline = DEADLINE, pollInterval = POLL_INTERVAL, clock = systemClock, setup = false } = options
  assertMilliseconds('deadline', deadline)
  assertMilliseconds('pollInterval', pollInterval)
  const names = containerNames(options)
  const { database: id, containers: named } = options
  if (setup !== false) {
    const { onRequestCharge } = options
    const location = { database: id, ...(named && { containers: named }), ...(onRequestCharge && { onRequestCharge }) }
    await setUpCosmos(client, { ...location, ...(setup !== true && setup) })
  }
  const database = client.database(id)
  const containers = openContainers(database, names)
  const report = chargeReporter(telemetry, options.onRequestCharge)
  const beginning: RequestSettings = { timing, deadline, report }
  const { level, ...found } = await runOperation(beginning, 'open', async (operation) => {
    const level = await checkAccount(operation, client)
    return { level, ...(await inspect(operation, containers, appendMode)) }
  })
  const { assertOpen, closing, run, close } = openness({ ...beginning, consistencyLevel: level })
  const handle: Handle = {
    client,
    database,
    containers,
    ...found,
    appendMode,
    limits: LIMITS[appendMode],
    clock,
    timing,
    pollInterval,
    committed: { events: new Changes(timing), views: new Changes(timing) },
    closing,
    assertOpen,
    run,
  }
  return {
    events: {
      append: appender(handle),
      ...reader(handle),
      findAppend: appendFinder(handle),
      query: querier(handle),
      ...deleter(handle),
      locate: locator(handle),
    },
    feed: changeFeed(handle),
    viewStore: viewStore(handle),
    leases: leaseStore(handle),
    snapshots: snapshotStore(handle),
    limits: handle.limits,
    incarnation: handle.incarnation,
    ping: () => run('ping', async (operation) => void (await readStorageDocument(operation, containers.leases))),
    close,
    [Symbol.asyncDispose]: close,
  }
}
