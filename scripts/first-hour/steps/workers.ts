import { deepStrictEqual } from 'node:assert'
import { type Project, until, type Worker } from '../project.ts'

const RANGES = 4

/** Two workers share the feed ranges; one is killed, and the other takes over what it had. */
export async function workers(project: Project): Promise<void> {
  const first = await project.startWorker()
  const second = await project.startWorker()
  await until('each worker has half of the ranges', () => holdsRanges(first, RANGES / 2))
  viewOf(project, '1', 5)
  await second.end('SIGKILL')
  project.run('append.ts', '1:4')
  await until('the other worker has all ranges', () => holdsRanges(first, RANGES))
  viewOf(project, '1', 9)
  deepStrictEqual(viewOf(project, '2'), { order: '2', items: 2, total: 5, shipped: false })
  await first.end('SIGTERM')
}

async function holdsRanges(worker: Worker, count: number): Promise<true | undefined> {
  const { workerId, ranges } = await worker.status()
  return ranges.filter(({ owner }) => owner === workerId).length === count ? true : undefined
}

/**
 * The view of an order as a program reads it.
 *
 * @param items waits until the view counts so many items; the program is ended after a minute
 */
export const viewOf = (project: Project, order: string, items?: number): unknown =>
  JSON.parse(project.run('view.ts', order, ...(items === undefined ? [] : [String(items)])))
