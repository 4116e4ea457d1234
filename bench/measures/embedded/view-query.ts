import { openEmbedded } from '../../../src/embedded.ts'
import { defineEvents, defineProjection, type Storage, type ViewsQuery } from '../../../src/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, type Row, row } from '../../support/measure.ts'
import { ratioOf } from '../../support/statistics.ts'

// Views for each value of a field.
const ALIKE = 10
const TURNS = 20
const VERSIONS = { plain: 1, indexed: 2 } as const

type Meter = { readonly city: string; readonly kwh: number; readonly note: string }

/** Finds, counts and orders views by a field, with an index and without: the same views in two versions. */
export const viewQuery: Measure = {
  id: 'view-query',
  title: 'queries of views by a field, with an index to without',

  async run({ folder, quick, repetitions, until }) {
    const count = quick ? 5_000 : 20_000
    const calls = 20
    await using storage = await openEmbedded(folder)
    const saves = await saveBoth(storage, count)
    const cities = count / ALIKE
    const queries: Record<'find' | 'or' | 'page', (i: number) => ViewsQuery<Meter>> = {
      find: (i) => ({ where: { city: cityOf((i * 7) % cities) } }),
      or: (i) => ({ where: { or: [{ city: { in: [cityOf(i), cityOf(i + 1)] } }, { kwh: { lt: 5 } }] } }),
      page: () => ({ orderBy: { field: 'kwh', direction: 'descending' } }),
    }
    const rows: Row[] = []
    for (const [name, query] of Object.entries(queries) as [keyof typeof queries, (typeof queries)['find']][]) {
      const rateOf = async (version: number) => {
        const time = await seconds(async () => {
          for (let i = 0; i < calls; i++) await storage.views.query(metersOf(version), query(i))
        })
        return calls / time
      }
      rows.push(row(`view-query-${name}`, LABELS[name], await ratioOfRates(rateOf), 'x', AIM))
    }
    const countRate = async (version: number) => {
      const where = { city: { ne: cityOf(1) } }
      const time = await seconds(async () => {
        for (let i = 0; i < calls; i++) {
          if ((await storage.views.count(metersOf(version), { where })) !== count - ALIKE) throw new Error('Miscounted')
        }
      })
      return calls / time
    }
    rows.push(row('view-query-count', LABELS.count, await ratioOfRates(countRate), 'x', AIM))
    rows.push(row('view-query-save', LABELS.save, { median: saves, low: saves, high: saves }, 'x'))
    return rows

    async function ratioOfRates(rateOf: (version: number) => Promise<number>) {
      const rates = await interleave(
        repetitions,
        { indexed: () => rateOf(VERSIONS.indexed), plain: () => rateOf(VERSIONS.plain) },
        until,
      )
      return ratioOf(rates.indexed, rates.plain)
    }
  },
}

const AIM = { atLeast: 3 } as const
const LABELS = {
  find: `${ALIKE} views by equality: indexed to not`,
  or: 'views by in, a range and or: indexed to not',
  page: 'first page of 100 by a field: indexed to not',
  count: 'count by ne: indexed to not',
  save: 'saves of views with two indexes to none',
} as const

const cityOf = (i: number): string => `city ${String(i).padStart(6, '0')}`

const metersOf = (version: number) =>
  defineProjection('meters', {
    version,
    events: defineEvents({}),
    key: () => null,
    initial: (): Meter => ({ city: '', kwh: 0, note: '' }),
    on: {},
  })

/** Saves the same views in both versions, in turns. @returns how many times as fast those with indexes were saved */
async function saveBoth({ viewStore, incarnation }: Storage, count: number): Promise<number> {
  await viewStore.index?.('meters', VERSIONS.indexed, ['city', 'kwh'])
  const save = (version: number, i: number) => {
    const key = String(i)
    const data: Meter = { city: cityOf(i % (count / ALIKE)), kwh: (i * 7919) % count, note: 'x'.repeat(500) }
    const id = `meters:${version}:${key}`
    return viewStore.save({ projection: 'meters', version, key, id, data, incarnation, tidemarks: [] }, 'ifAbsent')
  }
  const times = { plain: 0, indexed: 0 }
  const turn = count / TURNS
  for (let from = 0; from < count; from += turn) {
    for (const side of ['plain', 'indexed'] as const) {
      const views = Array.from({ length: turn }, (_, i) => from + i)
      times[side] += await seconds(() => Promise.all(views.map((i) => save(VERSIONS[side], i))))
    }
  }
  return times.plain / times.indexed
}
