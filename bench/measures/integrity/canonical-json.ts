import { canonicalJson } from '../../../src/core/json/canonical-json.ts'
import { eventDocuments } from '../../support/integrity/event-documents.ts'
import { processorTime } from '../../support/integrity/processor-time.ts'
import { simpleCanonicalJson } from '../../support/integrity/simple-canonical-json.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

/** Canonical JSON of event documents, beside the simple way to make it. */
export const canonicalText: Measure = {
  id: 'integrity-json',
  title: 'canonical JSON of event documents',

  async run({ quick, repetitions, until }) {
    const documents = eventDocuments(quick ? 5_000 : 50_000)
    const times = await interleave(
      repetitions,
      {
        ours: async () => processorTime(documents, (document) => canonicalJson(document).length),
        simple: async () => processorTime(documents, (document) => simpleCanonicalJson(document).length),
      },
      until,
    )
    const each = times.ours.map((time) => (time * 1000) / documents.length)
    return [
      against(
        'filter, map and join',
        row('integrity-json', 'canonicalJson: to the simple way', ratioOf(times.simple, times.ours), 'x', {
          atLeast: 1.5,
        }),
      ),
      row('integrity-json-time', 'the same: processor time of a document', summarise(each), 'µs'),
    ]
  },
}
