import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import { healthOf, isReady } from '../../../src/processor/status/health.ts'
import type { RangeState } from '../../../src/processor/status/range-state.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until } from '../../support/projecting/until.ts'
import { append, interposed, type PortCall, perStream } from './support.ts'

const quick = { leaseDuration: 300, pollInterval: 30, stalledAfter: 150, unownedAfter: 400 }

/** A port of which calls hang or fail as long as they are told to. */
function troubled(port: StoragePort) {
  let hanging: PortCall | undefined
  let failing: PortCall | undefined
  let held: (() => void)[] = []
  const interfered = interposed(port, async (call, next) => {
    if (call === hanging) await new Promise<void>((resolve) => held.push(resolve))
    if (call === failing) throw new StorageUnavailable('not now')
    return next()
  })
  return {
    port: interfered,
    hang: (call: PortCall) => {
      hanging = call
    },
    fail: (call: PortCall) => {
      failing = call
    },
    mend() {
      hanging = undefined
      failing = undefined
      for (const go of held) go()
      held = []
    },
  }
}

const reaches = (processor: Processor, state: RangeState) =>
  until(`it is ${state}`, async () => (await processor.status()).ranges[0]?.state === state)

/** Until it says that one event waits: what it asks the feed serves for a while. */
const waits = (processor: Processor) =>
  until('one event waits', async () => {
    const [range] = (await processor.status()).ranges
    return range?.behind === 1 && range.position === 0 && range.oldestAge !== null
  })

const health = async (processor: Processor) => healthOf(await processor.status(), Date.now()).status

describe('each state is entered, reported and left', () => {
  it('idle and working', async () => {
    await using port = openMemory()
    const { port: slow, hang, mend } = troubled(port)
    await using processor = await startProcessor(slow, [perStream], { ...quick, stalledAfter: 60_000 })
    await reaches(processor, 'idle')
    hang('viewStore.save')
    await append(port, 's:1', [1])
    await reaches(processor, 'working')
    await waits(processor)
    expect(await health(processor)).toBe('ok')
    mend()
    await reaches(processor, 'idle')
    await until('nothing waits', async () => (await processor.status()).ranges[0]?.behind === 0)
    expect((await processor.status()).ranges[0]).toMatchObject({ oldestAge: null, position: 1 })
    await processor.stop()
  })

  for (const call of ['viewStore.save', 'viewStore.getMany', 'feed.read'] as const) {
    it(`stalled, because ${call} hangs`, async () => {
      await using port = openMemory()
      const { port: slow, hang, mend } = troubled(port)
      await using processor = await startProcessor(slow, [perStream], quick)
      await reaches(processor, 'idle')
      hang(call)
      await append(port, 's:1', [1])
      await reaches(processor, 'stalled')
      expect(await health(processor)).toBe('stalled')
      if (call === 'feed.read') expect((await processor.status()).ranges[0]).toMatchObject({ behind: null })
      else await waits(processor)
      mend()
      await reaches(processor, 'idle')
      expect(await health(processor)).toBe('ok')
      await processor.stop()
    })
  }

  it('working, by itself, although it does not hear of new events', async () => {
    await using port = openMemory()
    const deaf: StoragePort = {
      ...port,
      feed: {
        ...port.feed,
        changed: (signal) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
      },
    }
    await using processor = await startProcessor(deaf, [perStream], quick)
    await reaches(processor, 'idle')
    // Until its place is stored, it looks again for that reason.
    await systemClock.sleep(700)
    await append(port, 's:1', [1])
    await until('it found the event', async () => (await processor.status()).ranges[0]?.position === 1)
    expect(await health(processor)).toBe('ok')
    await processor.stop()
  })

  it('is told without a question to the feed, whatever it is', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 20; i++) await append(port, `s:${i}`, [i])
    const calls: PortCall[] = []
    const watched = interposed(port, (call, next) => {
      calls.push(call)
      return next()
    })
    await using one = await startProcessor(watched, [perStream], { ...quick, workerId: 'one' })
    await using two = await startProcessor(watched, [perStream], { ...quick, workerId: 'two' })
    await until('all is read', async () => {
      const all = await Promise.all([one.status(), two.status()])
      return all.every(({ ranges }) => ranges.length === 4 && ranges.every(({ behind }) => behind === 0))
    })
    await Promise.all([one.stop(), two.stop()])
    calls.length = 0
    for (const { ranges } of [await one.status(), await two.status()]) expect(ranges).toHaveLength(4)
    expect(calls.filter((call) => call.startsWith('feed.') || call.startsWith('leases.'))).toEqual([])
  })

  it('stalled, because the storage fails time after time', async () => {
    await using port = openMemory()
    const { port: poor, fail, mend } = troubled(port)
    await using processor = await startProcessor(poor, [perStream], quick)
    fail('viewStore.save')
    await append(port, 's:1', [1])
    await reaches(processor, 'stalled')
    expect((await processor.status()).ranges[0]?.error).toMatchObject({ code: 'StorageUnavailable' })
    mend()
    await reaches(processor, 'idle')
    expect(await health(processor)).toBe('ok')
    await processor.stop()
  })

  it('unowned, past its limit', async () => {
    await using port = openMemory()
    const { port: poor, fail, mend } = troubled(port)
    await using processor = await startProcessor(poor, [perStream], quick)
    expect(isReady(await processor.status())).toBe(true)
    fail('leases.save')
    await reaches(processor, 'unowned')
    expect(await health(processor)).toBe('ok')
    expect(isReady(await processor.status())).toBe(false)
    await until('it is ill', async () => (await health(processor)) === 'unowned')
    mend()
    await until('it is somebody’s', async () => (await processor.status()).ranges[0]?.owner !== null)
    expect(await health(processor)).toBe('ok')
    expect((await processor.status()).ranges[0]).toMatchObject({ unownedSince: null })
    await processor.stop()
    expect(await health(processor)).toBe('stopped')
  })

  it('and told of another worker’s ranges, too', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    const { port: slow, hang, mend } = troubled(port)
    await using one = await startProcessor(slow, [perStream], { ...quick, workerId: 'one' })
    await reaches(one, 'idle')
    await using two = await startProcessor(port, [perStream], { ...quick, workerId: 'two' })
    await until('two sees it', async () => (await two.status()).ranges[0]?.state === 'idle')
    expect(await two.status()).toMatchObject({
      workers: [{ id: 'one' }, { id: 'two' }],
      ranges: [{ owner: 'one', behind: 0, folded: 1 }],
    })
    hang('viewStore.save')
    await append(port, 's:1', [1])
    await until('two sees that it is stalled', async () => (await two.status()).ranges[0]?.state === 'stalled')
    expect(await health(two)).toBe('ok')
    expect(await health(one)).toBe('stalled')
    mend()
    await until('two sees it go on', async () => (await two.status()).ranges[0]?.state === 'idle')
    await two.stop()
    await one.stop()
  })
})
