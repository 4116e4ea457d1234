import { ViewParked, WaitTimedOut } from '../../../src/core/errors/view.ts'
import { oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { LogRecord } from '../../../src/testing/simulate/workload/log-record.ts'
import { type Record, simulatedProjections } from '../../../src/testing/simulate/workload/projections.ts'
import type { Appended } from '../../../src/testing/simulate/workload/writers.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { beginProcess } from './process.ts'
import { tell, type World } from './world.ts'

type Projection = (typeof simulatedProjections)[number]

/** What somebody was given who waited. */
type Given = {
  readonly projection: Projection
  readonly key: string
  readonly appended: Appended
  readonly view: Record | null
}

/** Those who wait for what was appended. */
export type Readers = {
  /** Waits for an append in some view that may or may not be concerned. */
  waitFor(appended: Appended, timeout: number): void
  /** Asks for leases, for views page by page, and for events, whatever partitions there are by now. */
  query(): void
  /** How many wait for an answer. */
  readonly waiting: number
  /** What of all that was given lacked something, now that it is known what was appended. */
  stale(log: LogRecord, isEnded: (streamId: string) => boolean): string[]
  close(): Promise<void>
}

/** Begins the readers: processes to which no faults happen, but whose replicas may be old. */
export async function beginReaders(world: World, random: () => number, count: number): Promise<Readers> {
  const processes = Array.from({ length: count }, (_, i) => beginProcess(world, `r${i + 1}`, false))
  const storages = await Promise.all(processes.map(async (process) => withViews(await process.open(), process)))
  const given: Given[] = []
  let waiting = 0

  async function read(appended: Appended, timeout: number): Promise<void> {
    const projection = oneOf(random, simulatedProjections)
    const key = oneOf(random, projection.name === 'overall' ? ['all'] : [appended.streamId, 'k1', 'k2', 'k3'])
    try {
      const view = await oneOf(random, storages).views.waitFor(projection, key, appended.position, { timeout })
      given.push({ projection, key, appended, view: view as Record | null })
    } catch (error) {
      if (error instanceof WaitTimedOut) return
      const { name } = projection
      // An old replica may show a mark that was taken away.
      if (error instanceof ViewParked && world.parkings.parkedSince({ projection: name, key }, 0)) return
      world.fail(`whoever waited for ${name} ${key} met ${tell(error)}`)
    }
  }

  async function query(): Promise<void> {
    const { views, leases, events } = oneOf(random, storages)
    await leases.list()
    for (let after: string | undefined; ; ) {
      const page = await views.query(oneOf(random, simulatedProjections), { limit: 3, ...(after && { after }) })
      after = random() < 0.7 ? page.next : undefined
      if (after === undefined) break
    }
    let last = ''
    for await (const { metadata, stream } of events.query({ types: ['Added', 'Cleared'], limit: 100 })) {
      const place = `${metadata.recordedAt} ${stream.id} ${String(stream.version).padStart(6, '0')}`
      if (place <= last) world.fail(`a query gave ${place} after ${last}`)
      last = place
    }
  }

  return {
    query() {
      waiting++
      query()
        .catch((error) => world.fail(`whoever asked met ${tell(error)}`))
        .finally(() => {
          waiting--
        })
    },
    get waiting() {
      return waiting
    },
    waitFor(appended, timeout) {
      waiting++
      read(appended, timeout).finally(() => {
        waiting--
      })
    },
    stale(log, isEnded) {
      return given.flatMap(({ projection, key, appended: { streamId, version }, view }) => {
        const seen = view?.seen[streamId] ?? []
        // Of what was erased, nobody knows what was folded.
        if (isEnded(streamId) || log.foldedOf(seen, { projection, key }, streamId, version) !== undefined) return []
        const few = seen.join(' ') || 'nothing'
        return [`${projection.name} ${key} after ${streamId}@${version} was stale, with only ${few} of the stream`]
      })
    },
    close: async () => {
      await Promise.all(processes.map(({ close }) => close()))
    },
  }
}
