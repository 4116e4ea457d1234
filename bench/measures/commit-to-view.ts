import { type Measure, row } from '../support/measure.ts'
import { startProcess } from '../support/process.ts'
import { percentile, summarise } from '../support/statistics.ts'

const RATE = 1_000

type Answer = { readonly visible: number[]; readonly acknowledged: number[]; readonly rate: number }

/**
 * One process appends 1,000 single events a second, on a schedule that does not wait for answers; another one projects
 * them. For every append the first process calls `views.waitFor` with the position that it was answered. What counts is
 * the time from the acknowledgement of the append to the view's return, in the process that appended: finding out that
 * the view has changed, and reading it, is part of it. One run before the first is thrown away.
 */
export const commitToView: Measure = {
  id: 'commit-to-view',
  title: `commit to visible view in the other process, at ${RATE} appends a second`,

  async run({ folder, quick, repetitions }) {
    const duration = quick ? 1.5 : 10
    const runs: Answer[] = []
    await using worker = startProcess('processes/worker.ts', [folder])
    await worker.message()
    for (let round = 0; round <= repetitions; round++) {
      await using appender = startProcess('processes/paced-appender.ts', [folder, String(RATE), String(duration)])
      const answer = await appender.message<Answer>()
      if (round > 0) runs.push(answer)
    }
    const at = (share: number, of: (answer: Answer) => number[]) =>
      summarise(runs.map((answer) => percentile(of(answer), share)))
    const visible = ({ visible }: Answer) => visible
    const acknowledged = ({ acknowledged }: Answer) => acknowledged
    return [
      row('commit-to-view-p50', 'commit to view: p50', at(0.5, visible), 'ms', { below: 20 }),
      row('commit-to-view-p99', 'commit to view: p99', at(0.99, visible), 'ms', { below: 100 }),
      row('commit-to-view-append-p99', 'commit to view: p99 of the append itself', at(0.99, acknowledged), 'ms'),
      row('commit-to-view-rate', 'commit to view: appends a second', summarise(runs.map(({ rate }) => rate)), '/s'),
    ]
  },
}
