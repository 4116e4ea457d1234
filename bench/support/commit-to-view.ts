import type { BenchContext } from './measure.ts'
import { startProcess } from './process.ts'
import { percentile, type Summary, summarise } from './statistics.ts'

type Answer = { readonly visible: number[]; readonly acknowledged: number[]; readonly rate: number }

/** Milliseconds from the acknowledgement of an append to its view's return, in the process that appended. */
export type CommitToView = {
  readonly p50: Summary
  readonly p99: Summary
  /** Of the append itself, from when it was due. */
  readonly appendP99: Summary
  /** Appends a second. */
  readonly rate: Summary
}

/**
 * One process appends single events at a steady rate, on a schedule that does not wait for answers; another one projects
 * them. For every append the first process calls `views.waitFor` with the position that it was answered: finding out
 * that the view has changed, and reading it, is part of what is measured. One run before the first is thrown away.
 *
 * @param url of the storage
 * @param rate appends a second
 * @param duration seconds of a run
 */
export async function commitToViewIn(
  url: string,
  rate: number,
  duration: number,
  { repetitions, until }: Pick<BenchContext, 'repetitions' | 'until'>,
): Promise<CommitToView> {
  const runs: Answer[] = []
  await using worker = startProcess('processes/worker.ts', [url])
  await worker.message()
  for (let round = 0; round <= 1 || (round <= repetitions && performance.now() < until); round++) {
    await using appender = startProcess('processes/paced-appender.ts', [url, String(rate), String(duration)])
    const answer = await appender.message<Answer>()
    if (round > 0) runs.push(answer)
  }
  const at = (share: number, of: (answer: Answer) => number[]) =>
    summarise(runs.map((answer) => percentile(of(answer), share)))
  return {
    p50: at(0.5, ({ visible }) => visible),
    p99: at(0.99, ({ visible }) => visible),
    appendP99: at(0.99, ({ acknowledged }) => acknowledged),
    rate: summarise(runs.map(({ rate }) => rate)),
  }
}
