import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { openEmbedded } from '../../../src/open/embedded.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { keepChildren } from '../../support/children.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'

const KILLS = 24
const STREAMS = 40

const children = keepChildren()
const folders: string[] = []

afterEach(async () => {
  await children.killAll()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

describe('a worker that is killed again and again', () => {
  it('leaves views that equal a plain fold of the log', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-worker-crash-'))
    folders.push(folder)
    await using storage = await openEmbedded(folder, { ranges: 4 })
    const writer = children.run('steady-writer', folder, String(STREAMS))
    await once(writer, 'message')

    let projecting = 0
    for (let i = 0; i < KILLS; i++) {
      const worker = children.run('projecting-worker', folder)
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
    expect(projecting).toBeGreaterThanOrEqual(20)
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
  })
})
