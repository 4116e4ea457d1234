import { once } from 'node:events'
import { expect } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { Children } from '../children.ts'
import { totals, versions } from './projections.ts'
import { untilCaughtUp } from './until.ts'
import { plainFold, storedViews, wholeFeed } from './views.ts'

const STREAMS = 40

/**
 * Kills one worker after the other while somebody appends, lets another one end their work, and holds its views to a
 * plain fold of the log.
 *
 * @param url under which other processes open the storage
 */
export async function surviveKilledWorkers(
  storage: StoragePort,
  url: string,
  children: Children,
  kills: number,
): Promise<void> {
  const writer = children.run('steady-writer', url, String(STREAMS))
  await once(writer, 'message')

  let projecting = 0
  for (let i = 0; i < kills; i++) {
    const worker = children.run('projecting-worker', url)
    const exited = once(worker, 'exit')
    // Every sixth one dies at some moment of its start, the others at some moment of their work.
    if (i % 6 !== 5) {
      await Promise.race([once(worker, 'message'), exited])
      projecting++
    }
    await systemClock.sleep(Math.random() * 150)
    expect(worker.exitCode).toBeNull()
    worker.kill('SIGKILL')
    expect(await exited).toEqual([null, 'SIGKILL'])
  }
  expect(projecting).toBeGreaterThanOrEqual(Math.floor((kills * 5) / 6))
  const before = await storedViews(storage, versions)
  expect(before.size).toBeGreaterThan(0)

  writer.send('stop')
  const [acknowledged] = (await once(writer, 'message')) as [number]
  await once(writer, 'exit')
  await using processor = await startProcessor(storage, [versions, totals])
  await untilCaughtUp(storage, [versions, totals])
  await processor.stop()

  expect(await wholeFeed(storage)).toHaveLength(acknowledged)
  for (const projection of [versions, totals]) {
    expect(await storedViews(storage, projection)).toEqual(await plainFold(storage, projection))
  }
  expect((await storedViews(storage, totals)).get('all')).toMatchObject({ events: acknowledged })
  expect(children.count).toBe(0)
}
