import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { NewEventDocument } from '../../../../src/core/port/event-document.ts'
import { createFolding, type FoldingOptions } from '../../../../src/dashboard/folding/create-folding.ts'
import type { Folding } from '../../../../src/dashboard/server/folding.ts'
import { type EmbeddedStorage, openEmbedded } from '../../../../src/embedded.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { foldAll } from '../../processor/parking/support.ts'

const LIBRARY = JSON.stringify(new URL('../../../../src/index.ts', import.meta.url).href)
const ZOD = JSON.stringify(import.meta.resolve('zod'))

/** The beginning of a module of a projection or an aggregate. */
export const HEADER = `
import { defineAggregate, defineEvents, defineProjection } from ${LIBRARY}
import { z } from ${ZOD}
const events = defineEvents({ Added: z.object({ amount: z.number() }) })
`

/** A module whose projection sums amounts, and does something else first. */
export const summing = (name: string, first = ''): string => `${HEADER}
export default defineProjection('${name}', {
  events,
  key: ({ streamId }) => streamId,
  initial: () => ({ total: 0, order: [] }),
  on: {
    Added: (view, { version, data }) => {
      ${first}
      return { total: view.total + data.amount, order: [...view.order, version] }
    },
  },
})
`

/** A module whose aggregate sums amounts. */
export const ACCOUNTS = `${HEADER}
export const account = defineAggregate({
  category: 'account',
  events,
  initial: { total: 0 },
  evolve: {
    Added: (state, { data }) => {
      if (data.amount === 13) throw new RangeError('13 cannot be added')
      return { total: state.total + data.amount }
    },
  },
})
`

/** A folder with a storage, and the code of projections and aggregates. */
export type Bench = AsyncDisposable & {
  readonly storage: EmbeddedStorage
  readonly url: string
  readonly folder: string
  write(kind: 'projections' | 'aggregates', file: string, text: string): Promise<void>
  append(streamId: string, amounts: readonly number[]): Promise<void>
  /** Parks a sequence of a projection: its handler failed at the first event. */
  park(name: string): Promise<void>
  fold(options?: Partial<FoldingOptions>): Folding
}

const events = defineEvents({ Added: z.object({ amount: z.number() }) })

export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-folding-'))
  for (const kind of ['projections', 'aggregates']) await mkdir(join(folder, kind))
  const storage = await openEmbedded(join(folder, 'data'))
  const url = pathToFileURL(join(folder, 'data')).href
  const foldings: Folding[] = []
  return {
    storage,
    url,
    folder,
    write: (kind, file, text) => writeFile(join(folder, kind, file), text),
    async append(streamId, amounts) {
      const news = amounts.map(
        (amount): NewEventDocument => ({
          eventType: 'Added',
          eventData: { amount },
          metadata: { eventId: crypto.randomUUID() },
        }),
      )
      await storage.events.append(streamId, news, { expectedVersion: 'any' })
    },
    async park(name) {
      const failing = defineProjection(name, {
        events,
        key: ({ streamId }) => streamId,
        initial: () => ({ total: 0, order: [] as readonly number[] }),
        on: {
          Added: () => {
            throw new RangeError('cannot be added')
          },
        },
      })
      await foldAll(storage, failing)
    },
    fold(options = {}) {
      const paths = { projections: join(folder, 'projections'), aggregates: join(folder, 'aggregates') }
      // Its time stands still, so that a slow machine ends nothing.
      const clock = manualClock()
      const folding = createFolding({ url, setting: 'storage', payloads: 'full', clock, ...paths, ...options })
      foldings.push(folding)
      return folding
    },
    async [Symbol.asyncDispose]() {
      for (const folding of foldings) await folding[Symbol.asyncDispose]()
      await storage.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
