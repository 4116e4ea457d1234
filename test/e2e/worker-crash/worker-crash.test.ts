import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { keepChildren } from '../../support/children.ts'
import { killsOf, killTargets } from '../../support/killing/targets.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'

const KILLS = 24
const STREAMS = 40

const children = keepChildren()

afterEach(() => children.killAll())

describe.each(killTargets)('a worker $name that is killed again and again', (target) => {
  it('leaves views that equal a plain fold of the log', { timeout: 120_000 }, async () => {
    const most = killsOf(target, KILLS)
    await using made = await target.make()
    await using storage = await openStorage(made.url)
    const writer = children.run('steady-writer', made.url, String(STREAMS))
    await once(writer, 'message')

    let projecting = 0
    for (let i = 0; i < most; i++) {
      const worker = children.run('projecting-worker', made.url)
      const exited = once(worker, 'exit')
      // Every sixth one dies at some moment of its start, the others at some moment of their work.
      if (i % 6 !== 5) {
        await Promise.race([once(worker, 'message'), exited])
        projecting++
      }
      // On a busy machine, workers might otherwise all die before they have saved anything.
      if (i === 0) await until('a view is saved', async () => (await storedViews(storage, versions)).size > 0, 60_000)
      await systemClock.sleep(Math.random() * (150 + target.slack))
      expect(worker.exitCode).toBeNull()
      worker.kill('SIGKILL')
      expect(await exited).toEqual([null, 'SIGKILL'])
    }
    expect(projecting).toBe(most - Math.floor(most / 6))
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
    await made.check?.()
    expect(children.count).toBe(0)
  })
})
