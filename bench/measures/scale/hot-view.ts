import { z } from 'zod'
import { defineEvents, defineProjection, eventStore, type Projection, startProcessor } from '../../../src/index.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/storage.ts'
import { latentStorage } from '../../support/latent-storage.ts'
import { type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'
import { seeded, virtualTime } from '../../support/virtual-time.ts'

const RANGES = 256
const ROUND_TRIP = 10
const EACH = 40

const events = defineEvents({ Counted: z.object({}) })

const definition = {
  events,
  key: () => 'all',
  initial: () => ({ count: 0 }),
  on: { Counted: ({ count }: { readonly count: number }) => ({ count: count + 1 }) },
}
const plain = defineProjection('plain', definition)
const merged = defineProjection('merged', { ...definition, merge: (a, b) => ({ count: a.count + b.count }) })

/**
 * One view of everything, which each feed range writes, in virtual time: as one document, and as one with `merge`, which
 * is stored in parts. How fast a backlog is folded, how many saves meet another one, and how large the documents are.
 */
export const scaleHotView: Measure = {
  id: 'scale-hot-view',
  title: `virtual time: one view that ${RANGES} feed ranges write, without merge and with it`,

  async run({ quick, progress }) {
    const rows: Row[] = []
    for (const projection of [plain, merged]) {
      const rates: number[] = []
      for (const workers of quick ? [1, 4] : [1, 4, 16]) {
        progress(`${projection.name}, ${workers} workers`)
        const { rate, conflicts, bytes } = await fold(projection, workers)
        rates.push(rate)
        const label = `one view, ${RANGES} ranges, ${projection.name}, ${workers} workers`
        const id = `scale-hot-view-${projection.name}-${workers}`
        const aim = projection === merged ? { below: 0.01 } : null
        rows.push(
          row(`${id}-rate`, `${label}: events a virtual second`, summarise([rate]), '/s'),
          row(`${id}-conflicts`, `${label}: of the saves met another one`, summarise([conflicts]), '%', aim),
          row(`${id}-bytes`, `${label}: the largest document`, summarise([bytes]), 'bytes'),
        )
      }
      const [one = 0] = rates
      const aim = projection === merged ? { atLeast: quick ? 2 : 6 } : null
      const label = `one view, ${projection.name}: throughput of ${quick ? 4 : 16} workers to that of one`
      rows.push(
        row(`scale-hot-view-${projection.name}-growth`, label, summarise([(rates.at(-1) ?? 0) / one]), 'x', aim),
      )
    }
    return rows
  },
}

async function fold(projection: Projection, workers: number) {
  const time = virtualTime()
  await using memory = openMemory({ ranges: RANGES, clock: time.clock })
  const store = eventStore(memory, events)
  const count = RANGES * EACH
  for (let i = 0; i < count; i++) {
    await store.append(`s:${i}`, [{ type: 'Counted', data: {} }], { expectedVersion: 0 })
  }
  const { port, saves } = latentStorage(memory, time, ROUND_TRIP)
  const random = seeded(1)
  const processors = await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      time.during(startProcessor(port, [projection], { clock: time.clock, random, workerId: `w${i}`, pageSize: 5, concurrency: 4 })),
    ),
  )
  const { views } = withViews(memory)
  let read = 0
  const isDone = async () => {
    if (read++ % 20 !== 0) return false
    const view = await views.get(projection, 'all')
    return (view as { readonly count: number } | null)?.count === count
  }
  const took = await time.pass(600_000, isDone)
  const { all, conflicts } = saves()
  const bytes = Math.max(
    ...[...memory.state.views.values()]
      .filter(({ json }) => json.includes(`"${projection.name}"`))
      .map(({ json }) => json.length),
  )
  await Promise.all(processors.map((processor) => time.during(processor.stop())))
  return { rate: (count / took) * 1000, conflicts: (conflicts / all) * 100, bytes }
}
