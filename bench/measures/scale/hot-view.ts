import { z } from 'zod'
import { randomFrom } from '../../../src/core/random.ts'
import {
  defineEvents,
  defineProjection,
  eventStore,
  type Processor,
  type Projection,
  startProcessor,
} from '../../../src/index.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'
import { latentStorage } from '../../support/virtual/latent-storage.ts'
import { virtualTime } from '../../support/virtual/time.ts'

const RANGES = 256
const ROUND_TRIP = 10
// Events of each range, and of a page.
const EACH = 200
const PAGE = 10
// Few, so that workers and not the parts of the view are what is lacking.
const SAVES_AT_ONCE = 1
const SETTLED = 60_000

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
  const { clock } = time
  await using memory = openMemory({ ranges: RANGES, clock })
  const { port, saves } = latentStorage(memory, time, ROUND_TRIP)
  const options = { clock, random: randomFrom(1), pageSize: PAGE, concurrency: SAVES_AT_ONCE }
  const started: Promise<Processor>[] = []
  for (let i = 0; i < workers; i++) {
    started.push(time.during(startProcessor(port, [projection], { ...options, workerId: `w${i}` })))
  }
  const processors = await Promise.all(started)
  await time.pass(SETTLED)
  const before = saves()
  const store = eventStore(memory, events)
  const count = RANGES * EACH
  for (let i = 0; i < count; i += PAGE) {
    const news = Array.from({ length: PAGE }, () => ({ type: 'Counted' as const, data: {} }))
    await store.append(`s:${i}`, news, { expectedVersion: 0 })
  }
  const { views } = withViews(memory)
  const isDone = async () => {
    if (clock.now() % 10 !== 0) return false
    const view = await views.get(projection, 'all')
    return (view as { readonly count: number } | null)?.count === count
  }
  const took = await time.pass(600_000, isDone)
  const after = saves()
  const [all, conflicts] = [after.all - before.all, after.conflicts - before.conflicts]
  const sizes = [...memory.state.views.values()].filter(({ json }) => json.includes('"key":"all'))
  await Promise.all(processors.map((processor) => time.during(processor.stop())))
  return {
    rate: (count / took) * 1000,
    conflicts: (conflicts / all) * 100,
    bytes: Math.max(...sizes.map(({ json }) => json.length)),
  }
}
