import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { asEmmettDoes } from '../../support/mongo/emmett.ts'
import { DURABILITY } from '../../support/mongo/raw-log.ts'
import { openSides } from '../../support/mongo/sides.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const APPENDERS = 64

/**
 * 64 appenders, each with one append of one event under way at any time: against the bare driver, which does the same
 * transaction by hand, one after the other; against as many that insert the event alone; and against emmett-mongodb.
 */
export const mongoAppendMany: Measure = {
  id: 'mongo-append-64',
  title: `MongoDB: durable appends of one event by ${APPENDERS} appenders at once`,
  emmett: 'mongodb',
  server: 'mongodb',

  async run({ quick, repetitions, until, emmett, mongodb }) {
    const [few, many] = quick ? [100, 1_500] : [300, 4_000]
    await using sides = await openSides(await mongodb(), emmett)
    const [tidemark, byHand, inserts] = [sides.tidemark(APPENDERS), sides.byHand(), sides.inserts(APPENDERS)]
    const peer = sides.emmett?.(APPENDERS)
    const rates = await interleave(
      repetitions,
      {
        byHand: () => byHand.rate(few),
        tidemark: () => tidemark.rate(many),
        inserts: () => inserts.rate(many),
        emmett: async () => peer?.rate(many) ?? 0,
      },
      until,
    )
    const rows = [
      against(
        `the driver, ${DURABILITY}`,
        row('mongo-append-64', '64 appenders: to it, one by one', ratioOf(rates.tidemark, rates.byHand), 'x', {
          atLeast: 6,
        }),
      ),
      against(
        `the driver, ${DURABILITY}`,
        row('mongo-append-64-insert', '64 appenders: to 64 insertOne', ratioOf(rates.tidemark, rates.inserts), 'x', {
          atLeast: 0.7,
        }),
      ),
      row('mongo-append-64-rate', '64 appenders: events a second', summarise(rates.tidemark), '/s'),
      row('mongo-append-64-hand-rate', 'by hand, one by one: events a second', summarise(rates.byHand), '/s'),
      row('mongo-append-64-insert-rate', '64 insertOne: events a second', summarise(rates.inserts), '/s'),
    ]
    if (peer === undefined) return rows
    return [
      ...rows,
      against(
        `emmett-mongodb, ${DURABILITY}`,
        row(
          'mongo-append-64-emmett',
          '64 appenders: to emmett-mongodb',
          ratioOf(rates.tidemark, rates.emmett),
          'x',
          null,
          asEmmettDoes,
        ),
      ),
    ]
  },
}
