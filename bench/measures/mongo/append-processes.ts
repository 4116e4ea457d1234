import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { benchDatabase } from '../../support/mongo/database.ts'
import { urlOf } from '../../support/mongo/url.ts'
import { type BenchProcess, startProcess } from '../../support/process.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

/** What a process of 64 appenders writes alone, and what two of them write together, each into streams of its own. */
export const mongoAppendProcesses: Measure = {
  id: 'mongo-append-processes',
  title: 'MongoDB: durable appends of one event by two processes of 64 appenders',
  server: 'mongodb',

  async run({ quick, repetitions, until, mongodb }) {
    const count = quick ? 1_000 : 3_000
    const uri = await mongodb()
    await using database = benchDatabase(uri)
    await database.open()
    const url = urlOf(uri, database.name)
    await using first = startProcess('processes/mongo-appender.ts', [url, 'first'])
    await using second = startProcess('processes/mongo-appender.ts', [url, 'second'])
    await Promise.all([first.message(), second.message()])
    const rate = async (child: BenchProcess) => {
      const answer = child.message<number>()
      child.send(String(count))
      return answer
    }
    const { alone, together } = await interleave(
      repetitions,
      {
        alone: () => rate(first),
        async together() {
          const rates = await Promise.all([rate(first), rate(second)])
          // Until the slower one has ended.
          return 2 * Math.min(...rates)
        },
      },
      until,
    )
    return [
      against(
        'itself, as one process',
        row('mongo-append-processes', '2 processes of 64 appenders: to one', ratioOf(together, alone), 'x', {
          atLeast: 1,
        }),
      ),
      row('mongo-append-processes-rate', '2 processes: events a second', summarise(together), '/s'),
      row('mongo-append-processes-alone-rate', '1 process: events a second', summarise(alone), '/s'),
    ]
  },
}
