import type { CosmosClient } from '@azure/cosmos'
import { Changes } from '../../core/async/changes.ts'
import { systemClock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { guardedTelemetry } from '../../core/telemetry/guarded-telemetry.ts'
import { noTelemetry } from '../../core/telemetry/telemetry.ts'
import { appendFinder } from './append/find-append.ts'
import { LIMITS } from './append/limits.ts'
import { StreamGate } from './append/stream-gate.ts'
import { appender } from './append.ts'
import { chargeReporter } from './client/charges.ts'
import { type RequestSettings, runOperation } from './client/run-operation.ts'
import { changeFeed } from './feed.ts'
import { type Handle, openCalls, openContainers } from './handle.ts'
import { ViewSessions } from './leases/view-sessions.ts'
import { leaseStore } from './leases.ts'
import { streamLister } from './list-streams.ts'
import { locator } from './locate.ts'
import { assertAppendMode, assertMilliseconds, type CosmosOptions, containerNames } from './options.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { checkAccount } from './setup/account.ts'
import { inspect } from './setup/inspect.ts'
import { setUpCosmos } from './setup/setup.ts'
import { readStorageDocument } from './setup/storage-document.ts'
import { snapshotStore } from './snapshots.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'

export type { RequestCharge } from './client/charges.ts'
export type { AppendMode, CosmosOptions, CosmosSetupOptions, Throughput } from './options.ts'
export { setUpCosmos } from './setup/setup.ts'

/** An opened database. */
export type CosmosPort = StoragePort

const DEADLINE = 30_000
const POLL_INTERVAL = 1000

/**
 * Opens a storage in a database of Azure Cosmos DB. The client remains the caller's: whatever its consistency level,
 * this storage reads its own writes, and closing the storage does not dispose of the client. Each opening has its own
 * sessions.
 *
 * @throws StorageNotSetUp if `setUpCosmos` has not been run
 * @throws ForeignStorage, UnsupportedStorage for containers or an account that cannot hold a log
 * @throws LogDiverged for a log that is older than the data derived from it
 * @throws StorageAccessDenied, StorageTooNew, StorageCorrupt, StorageBusy, StorageUnavailable
 * @throws InvalidConfiguration for an invalid option
 */
export async function openCosmosPort(client: CosmosClient, options: CosmosOptions): Promise<CosmosPort> {
  const { append: appendMode = 'transactionalBatch', timing = systemClock, telemetry = noTelemetry } = options
  const { deadline = DEADLINE, pollInterval = POLL_INTERVAL, clock = systemClock, setup = false } = options
  const { acceptDivergedLog = false } = options
  assertAppendMode(appendMode)
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
    return { level, ...(await inspect(operation, containers, appendMode, acceptDivergedLog)) }
  })
  const { assertOpen, closing, run, close } = openCalls({ ...beginning, consistencyLevel: level })
  const handle: Handle = {
    client,
    database,
    containers,
    ...found,
    procedureState: { avoidedUntil: 0 },
    appendMode,
    gate: new StreamGate(),
    viewSessions: new ViewSessions(containers.views),
    limits: LIMITS[appendMode],
    clock,
    timing,
    pollInterval,
    committed: { events: new Changes(timing), views: new Changes(timing) },
    fellBack: (fault) => guardedTelemetry(telemetry).count('tidemark.cosmos.fallbacks', 1, { fault }),
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
      streams: streamLister(handle),
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
