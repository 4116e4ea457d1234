import { hash } from 'node:crypto'
import { canonicalJson } from '../../../src/core/json/canonical-json.ts'
import { leafOf } from '../../../src/integrity/chain/leaf.ts'
import { eventDocuments } from '../../support/integrity/event-documents.ts'
import { processorTime } from '../../support/integrity/processor-time.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

/** The leaves of event documents, beside a bare loop of canonical JSON and SHA-256. */
export const leaves: Measure = {
  id: 'integrity-leaf',
  title: 'leaves of event documents',

  async run({ quick, repetitions, until }) {
    const documents = eventDocuments(quick ? 5_000 : 50_000)
    const times = await interleave(
      repetitions,
      {
        ours: async () => processorTime(documents, (document) => leafOf(document)[0] as number),
        bare: async () =>
          processorTime(documents, (document) => hash('sha256', canonicalJson(document), 'buffer')[0] as number),
      },
      until,
    )
    const rates = times.ours.map((time) => (documents.length * 1000) / time)
    return [
      against(
        'canonical JSON and SHA-256',
        row('integrity-leaf', 'leaves: to a bare loop', ratioOf(times.bare, times.ours), 'x', { atLeast: 0.9 }),
      ),
      row('integrity-leaf-rate', 'the same: leaves a second of a core', summarise(rates), '/s', { atLeast: 100_000 }),
    ]
  },
}
