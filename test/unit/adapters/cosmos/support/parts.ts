import { CosmosClient } from '@azure/cosmos'
import { StreamGate } from '../../../../../src/adapters/cosmos/append/stream-gate.ts'
import type { RequestCharge } from '../../../../../src/adapters/cosmos/client/charges.ts'
import { runOperation } from '../../../../../src/adapters/cosmos/client/run-operation.ts'
import { changeFeed } from '../../../../../src/adapters/cosmos/feed.ts'
import { type Handle, openCalls, openContainers } from '../../../../../src/adapters/cosmos/handle.ts'
import { ViewSessions } from '../../../../../src/adapters/cosmos/leases/view-sessions.ts'
import { leaseStore } from '../../../../../src/adapters/cosmos/leases.ts'
import { locator } from '../../../../../src/adapters/cosmos/locate.ts'
import { containerNames } from '../../../../../src/adapters/cosmos/options.ts'
import { hashOf } from '../../../../../src/adapters/cosmos/partitions/hash.ts'
import { loadProcedures } from '../../../../../src/adapters/cosmos/setup/procedures.ts'
import { setUpCosmos } from '../../../../../src/adapters/cosmos/setup/setup.ts'
import { readStorageDocument } from '../../../../../src/adapters/cosmos/setup/storage-document.ts'
import { snapshotStore } from '../../../../../src/adapters/cosmos/snapshots.ts'
import { viewStore } from '../../../../../src/adapters/cosmos/views.ts'
import { uuidV7 } from '../../../../../src/core/append/uuid.ts'
import { Changes } from '../../../../../src/core/async/changes.ts'
import { type Clock, systemClock } from '../../../../../src/core/clock.ts'
import { encodePosition, type PositionToken } from '../../../../../src/core/positions/position-token.ts'
import type { InProcessEmulator } from '../../../../../src/cosmos-emulator/index.ts'

export const DATABASE = 'parts'

/** One opening of the parts of the adapter that these tests are about, onto a database of an emulator. */
export type Parts = Awaited<ReturnType<typeof openParts>>

/** Sets the database up where it is not, and opens it. */
export async function openParts(
  emulator: InProcessEmulator,
  options: { readonly deadline?: number; readonly pollInterval?: number; readonly timing?: Clock } = {},
) {
  const { endpoint, key, httpClient } = emulator
  const client = new CosmosClient({ endpoint, key, httpClient } as ConstructorParameters<typeof CosmosClient>[0])
  await setUpCosmos(client, { database: DATABASE })
  const database = client.database(DATABASE)
  const containers = openContainers(database, containerNames({ database: DATABASE }))
  const charges: RequestCharge[] = []
  const { deadline = 30_000, pollInterval = 1_000, timing = systemClock } = options
  const settings = { timing, deadline, report: (charge: RequestCharge) => charges.push(charge) }
  const { seed } = await runOperation(settings, 'open', (operation) =>
    readStorageDocument(operation, containers.leases),
  )
  const { resource } = await containers.events.container.read()
  const { close, ...open } = openCalls(settings)
  const handle: Handle = {
    client,
    database,
    containers,
    incarnation: `${seed}/${resource?._rid}`,
    eventsRid: String(resource?._rid),
    procedures: await loadProcedures(),
    procedureState: { avoidedUntil: 0 },
    appendMode: 'storedProcedure',
    gate: new StreamGate(),
    viewSessions: new ViewSessions(containers.views),
    fellBack: () => {},
    limits: { eventsPerAppend: 100, bytesPerAppend: 1_000_000, bytesPerView: 1_000_000 },
    clock: systemClock,
    timing,
    pollInterval,
    committed: { events: new Changes(timing), views: new Changes(timing) },
    ...open,
  }
  const versions = new Map<string, number>()

  /** Writes events behind what this opening wrote to the stream, in one transaction. */
  async function append(streamId: string, count: number): Promise<PositionToken> {
    const head = versions.get(streamId) ?? 0
    versions.set(streamId, head + count)
    const appendId = uuidV7()
    const recordedAt = new Date().toISOString()
    const creations = Array.from({ length: count }, (_, i) => {
      const version = head + 1 + i
      return {
        operationType: 'Create' as const,
        resourceBody: {
          id: `${streamId}:${version}`,
          stream: { id: streamId, version },
          eventType: 'Counted',
          eventData: { n: version },
          metadata: { eventId: uuidV7(), recordedAt },
          appendId,
        },
      }
    })
    const { code, headers } = await containers.events.container.items.batch(creations, streamId)
    if (code !== 200) throw new RangeError(`The batch was answered with ${code}`)
    const session = String(headers?.['x-ms-session-token'])
    containers.events.sessions.merge(session)
    handle.committed.events.notify()
    const mark = { streamId, version: head + count, hash: hashOf(streamId), session }
    return encodePosition({ incarnation: handle.incarnation, marks: [mark] })
  }

  return {
    handle,
    charges,
    append,
    feed: changeFeed(handle),
    views: viewStore(handle),
    leases: leaseStore(handle),
    snapshots: snapshotStore(handle),
    locate: locator(handle),
    close,
  }
}
