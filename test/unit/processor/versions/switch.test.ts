import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { StorageClosed } from '../../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import type { VersionNotice } from '../../../../src/processor/versions/version-notice.ts'
import type { MemoryStorage } from '../../../../src/testing/memory/index.ts'
import { activeVersion } from '../../../../src/views/active-version.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { until } from '../../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../../support/projecting/views.ts'
import { interposed } from '../support.ts'
import { startReaders } from './readers.ts'
import { count, counts } from './support.ts'

const STREAMS = ['a:1', 'a:2', 'a:3', 'a:4', 'a:5']
const [v1, v2] = [counts(1), counts(2)]

/** A worker that can be killed: from a call on, nothing of it reaches the storage any more. */
function mortal(port: StoragePort, calls: number) {
  let left = calls
  const dying = interposed(port, async (_call, next) => {
    if (left-- <= 0) throw new StorageClosed()
    const answer = await next()
    // It may also die of what it does not get to know any more.
    if (left <= 0) throw new StorageClosed()
    return answer
  })
  return { port: dying, isDead: () => left <= 0 }
}

describe.each(storages)('a switch of versions $name', ({ effort, open }) => {
  it('never takes a view back, whoever is killed when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 4 }),
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.constantFrom('20', '60', 'A0', 'E0'), { maxLength: 2 }),
        async (lives, before, cuts) => {
          await using port = await open()
          const last = new Map<string, [string, number]>()
          const append = async (times: number, i: number) => {
            const streamId = STREAMS[i % STREAMS.length] as string
            const position = await count(port, streamId, times)
            last.set(streamId, [position, (last.get(streamId)?.[1] ?? 0) + times])
          }
          for (let i = 0; i < before; i += 10) await append(10, i / 10)
          await using old = await startProcessor(port, [v1], { workerId: 'old' })
          let writing = true
          const writer = (async () => {
            for (let i = 0; writing; i++) {
              await append(1, i)
              await systemClock.sleep(1)
            }
          })()
          await using _ = {
            async [Symbol.asyncDispose]() {
              writing = false
              await writer
            },
          }
          const readers = startReaders(port, STREAMS, (streamId) => last.get(streamId))
          for (const [i, life] of lives.entries()) {
            // Where the storage can, ranges are cut meanwhile.
            const cut = cuts[i]
            if (cut !== undefined) (port as Partial<MemoryStorage>).split?.(cut)
            const worker = mortal(port, life)
            const started = await startProcessor(worker.port, [v2], { workerId: 'new' }).catch(() => undefined)
            await until('the worker died, or is done', async () => {
              return worker.isDead() || (await activeVersion(port.viewStore, 'counts')) === 2
            })
            await started?.stop()
          }
          const notices: VersionNotice[] = []
          const heir = await startProcessor(port, [v2], {
            workerId: 'new',
            onVersion: (notice) => notices.push(notice),
          })
          await until('the new version is active', async () => (await activeVersion(port.viewStore, 'counts')) === 2)
          await systemClock.sleep(20)
          writing = false
          await writer
          expect(await readers.stop()).toBeGreaterThan(0)
          await until('both versions have folded all', async () => {
            const all = [...last.values()].reduce((sum, [, appended]) => sum + appended, 0)
            const views = await Promise.all([v1, v2].map((one) => storedViews(port, one)))
            return views.every((view) => all === 0 || (view.get('all') as { count: number } | undefined)?.count === all)
          })
          expect(await storedViews(port, v2)).toEqual(await plainFold(port, v2))
          await heir.stop()
          await old.stop()
        },
      ),
      { numRuns: Math.max(3, Math.round(12 * effort)) },
    )
  }, 120_000)
})
