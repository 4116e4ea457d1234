import { setTimeout as sleep } from 'node:timers/promises'
import type { LeaseDocument, Stored } from '../../../src/core/index.ts'
import type { Storage } from '../../../src/index.ts'
import { seconds } from '../interleave.ts'
import { type BenchProcess, startProcess } from '../process.ts'
import type { Work } from './metered.ts'

/** How a worker begins. */
export type Begin = {
  readonly projection: string
  /** Whether all events go into one view, instead of one a meter. */
  readonly hot: boolean
  /** Milliseconds that a lease lasts, and between two looks at the leases. */
  readonly lease: number
  readonly poll: number
  /** Whether it reads all of its ranges, or the first of the feed alone. */
  readonly ranges: 'all' | 'one'
}

/** What a metered worker is asked. */
export type Request =
  | { readonly begin: Begin }
  | { readonly go: true }
  | { readonly end: true }
  | { readonly read: true }

/** What it answers. */
export type Answer = {
  readonly work?: Work & {
    /** Pages that were begun again after a failure. */
    readonly retries: number
  }
  /** Of a read. */
  readonly seconds?: number
}

/** A worker in a process of its own; see `processes/metered-worker.ts`. */
export type Worker = Pick<BenchProcess, 'kill'> & AsyncDisposable & { ask(request: Request): Promise<Answer> }

/** Starts a worker, which begins nothing by itself. */
export async function startWorker(folder: string, id: string): Promise<Worker> {
  const child = startProcess('processes/metered-worker.ts', [folder, id])
  await child.message()
  return {
    kill: child.kill,
    ask(request) {
      const answer = child.message<Answer>()
      child.send(JSON.stringify(request))
      return answer
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** What came of a catch-up. */
export type CatchUp = {
  readonly seconds: number
  /** By worker. */
  readonly work: readonly NonNullable<Answer['work']>[]
}

/**
 * Lets workers fold what is in the log, from no views at all. The clock starts when the ranges are shared out among
 * them and nothing is read yet, and ends when the last range has got to its end. Views and leases are then removed.
 *
 * @param check looks at the views before they are removed
 */
export async function catchUp(
  storage: Storage,
  workers: readonly Worker[],
  begin: Begin,
  check: () => Promise<void>,
): Promise<CatchUp> {
  const ranges = (await storage.feed.ranges()).slice(0, begin.ranges === 'one' ? 1 : undefined)
  const lags = await Promise.all(ranges.map((range) => storage.feed.lag(range, 'start')))
  const heads = new Map(ranges.map(({ min }, i) => [min, lags[i]?.head ?? 0]))
  const leases = () => storage.leases.list({ projection: begin.projection })

  await Promise.all(workers.map((worker) => worker.ask({ begin })))
  await until(async () => isShared(await leases(), workers.length))
  // Who lost a range to another one learns of it with its next look, and would fold a page of it until then.
  if (workers.length > 1) await sleep(begin.poll * 1.5)
  const time = await seconds(async () => {
    await Promise.all(workers.map((worker) => worker.ask({ go: true })))
    await until(async () =>
      (await leases()).every(({ document: { range, readTo } }) => readTo >= (heads.get(range.min) ?? 0)),
    )
  })
  const answers = await Promise.all(workers.map((worker) => worker.ask({ end: true })))
  await check()
  await storage.viewStore.drop(begin.projection, 1)
  for (const { document, etag } of await leases()) await storage.leases.remove(document.id, etag)
  return { seconds: time, work: answers.flatMap(({ work }) => work ?? []) }
}

/** Whether every one of so many workers has leases, and none two more than another. */
export function isShared(leases: readonly Stored<LeaseDocument>[], workers: number): boolean {
  const counts = new Map<string, number>()
  for (const { owner } of leases.map(({ document }) => document)) {
    if (owner === null) return false
    counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  return counts.size === workers && Math.max(...counts.values()) - Math.min(...counts.values()) < 2
}

/** Asks again and again until the answer is yes. @throws Error after two minutes */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const begun = performance.now()
  while (!(await isSo())) {
    if (performance.now() - begun > 120_000) throw new Error('The workers did not get there within two minutes')
    await sleep(5)
  }
}
