import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { asEmmettDoes } from '../../support/mongo/emmett.ts'
import { DURABILITY } from '../../support/mongo/raw-log.ts'
import { openSides } from '../../support/mongo/sides.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

/**
 * Durable appends of one event, version checked, the next one begun when the one before was acknowledged: against the
 * bare driver, which does the same transaction by hand, and against emmett-mongodb.
 */
export const mongoAppendOne: Measure = {
  id: 'mongo-append-1',
  title: 'MongoDB: durable appends of one event, one after another',
  emmett: 'mongodb',
  server: 'mongodb',

  async run({ quick, repetitions, until, emmett, mongodb }) {
    const count = quick ? 200 : 1_000
    await using sides = await openSides(await mongodb(), emmett)
    const [tidemark, byHand, peer] = [sides.tidemark(1), sides.byHand(), sides.emmett?.(1)]
    const rates = await interleave(
      repetitions,
      {
        tidemark: () => tidemark.rate(count),
        byHand: () => byHand.rate(count),
        emmett: async () => peer?.rate(count) ?? 0,
      },
      until,
    )
    const rows = [
      against(
        `the driver, ${DURABILITY}`,
        row('mongo-append-1', '1 appender: to the transaction by hand', ratioOf(rates.tidemark, rates.byHand), 'x', {
          atLeast: 0.9,
        }),
      ),
      row('mongo-append-1-rate', '1 appender: events a second', summarise(rates.tidemark), '/s'),
      row('mongo-append-1-hand-rate', '1 appender: by hand, events a second', summarise(rates.byHand), '/s'),
    ]
    if (peer === undefined) return rows
    return [
      ...rows,
      against(
        `emmett-mongodb, ${DURABILITY}`,
        row(
          'mongo-append-1-emmett',
          '1 appender: to emmett-mongodb',
          ratioOf(rates.tidemark, rates.emmett),
          'x',
          null,
          asEmmettDoes,
        ),
      ),
    ]
  },
}
