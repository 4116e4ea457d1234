import { describe, expect, it } from 'vitest'
import { TIMER_CANCELLED, TIMER_FIRED, TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { indexTimers } from '../../../src/timers/pending/pending-index.ts'
import { timersConsumer } from '../../../src/timers/pending/timers-consumer.ts'
import { append } from '../processor/support.ts'
import { eventsOf, faultsOf, indexed, mortal, open, typesOf } from './support.ts'

const HOUR = 60_000

const firedOf = async (port: StoragePort, key: string) =>
  (await eventsOf(port, key)).filter(({ eventType }) => eventType === TIMER_FIRED)

describe('timers', () => {
  it('fire when they are due, and not before', async () => {
    const { scheduler, port, schedule, start, stop } = open()
    await using _ = port
    const processor = await start()
    for (let i = 1; i <= 20; i++) await schedule(`m:${i}`, i * HOUR)
    const begun = scheduler.now
    for (let i = 1; i <= 20; i++) {
      await scheduler.runUntil(begun + i * HOUR - 1)
      expect(await firedOf(port, `m:${i}`)).toEqual([])
      await scheduler.runUntil(begun + i * HOUR + 100)
      expect(await firedOf(port, `m:${i}`)).toHaveLength(1)
    }
    expect(await indexed(port)).toEqual([])
    await stop(processor)
  })

  it('that were moved or cancelled fire at the last time, or not at all', async () => {
    const { port, pass, schedule, cancel, start, stop } = open()
    await using _ = port
    const processor = await start()
    for (const key of ['later', 'sooner', 'gone', 'back']) await schedule(key, 2 * HOUR)
    await pass(10)
    await schedule('later', 3 * HOUR, 'again')
    await schedule('sooner', HOUR, 'again')
    expect([await cancel('gone'), await cancel('back')]).toEqual([true, true])
    await schedule('back', 4 * HOUR, 'again')
    await pass(HOUR + 100)
    expect((await indexed(port)).map(([key]) => key)).toEqual(['later', 'back'])
    await pass(HOUR + 2_000)
    expect(await firedOf(port, 'later')).toEqual([])
    await pass(2 * HOUR)
    expect(typesOf(await eventsOf(port, 'later'))).toEqual([TIMER_SCHEDULED, TIMER_SCHEDULED, TIMER_FIRED])
    expect(typesOf(await eventsOf(port, 'sooner'))).toEqual([TIMER_SCHEDULED, TIMER_SCHEDULED, TIMER_FIRED])
    expect(typesOf(await eventsOf(port, 'gone'))).toEqual([TIMER_SCHEDULED, TIMER_CANCELLED])
    expect(typesOf(await eventsOf(port, 'back')).at(-1)).toBe(TIMER_FIRED)
    expect(await cancel('later')).toBe(false)
    for (const key of ['later', 'sooner', 'back']) expect(faultsOf(await eventsOf(port, key))).toEqual([])
    expect(await indexed(port)).toEqual([])
    await stop(processor)
  })

  it('fire after nothing ran for a long time, in the order in which they were due as far as they can', async () => {
    const { port, pass, schedule, start, stop } = open(1)
    await using _ = port
    for (let i = 0; i < 450; i++) await schedule(`m:${i}`, i)
    await pass(30 * 24 * HOUR)
    const processor = await start()
    await pass(10_000)
    const firings: string[] = []
    for await (const { eventData } of port.events.query({ types: [TIMER_FIRED] })) firings.push(String(eventData.key))
    expect(firings).toHaveLength(450)
    expect(new Set(firings).size).toBe(450)
    expect(await indexed(port)).toEqual([])
    await stop(processor)
  })

  it('fire when the clock jumps ahead, and wait when it jumps back', async () => {
    const { clock, port, pass, schedule, start, stop } = open()
    await using _ = port
    const processor = await start()
    await schedule('ahead', 10 * HOUR)
    await schedule('back', 20 * HOUR)
    await pass(10_000)
    clock.skew = 10 * HOUR
    await pass(2_000)
    expect(await firedOf(port, 'ahead')).toHaveLength(1)
    clock.skew = -10 * HOUR
    await pass(20 * HOUR)
    expect(await firedOf(port, 'back')).toHaveLength(0)
    await pass(10 * HOUR)
    expect(await firedOf(port, 'back')).toHaveLength(1)
    for (const key of ['ahead', 'back']) expect(faultsOf(await eventsOf(port, key))).toEqual([])
    await stop(processor)
  })

  it('fire once, wherever a worker dies', async () => {
    let deaths = 0
    for (let at = 1, isOver = false; !isOver; at += 3) {
      for (const done of [false, true]) {
        const { scheduler, port, theirs, pass, schedule, cancel, start, stop } = open(2)
        await using _ = port
        const first = mortal(theirs, scheduler, { at, done })
        // Its start may be what it dies at.
        const starting = startProcessor(first.port, [timersConsumer], { clock: first.clock })
        starting.catch(() => {})
        await pass(5)
        for (let i = 0; i < 4; i++) await schedule(`m:${i}`, 500 * i)
        await schedule('moved', 800)
        await schedule('cancelled', 900)
        await pass(700)
        await schedule('moved', 1_500, 'again')
        await cancel('cancelled')
        await pass(2_000)
        isOver = !first.isDead()
        if (!isOver) deaths++
        const second = await start()
        await pass(120_000)
        for (const key of ['m:0', 'm:1', 'm:2', 'm:3', 'moved']) {
          const events = await eventsOf(port, key)
          expect([key, faultsOf(events), typesOf(events).filter((type) => type === TIMER_FIRED)]).toEqual([
            key,
            [],
            [TIMER_FIRED],
          ])
        }
        expect(await firedOf(port, 'cancelled')).toEqual([])
        expect(await indexed(port)).toEqual([])
        await stop(second)
        if (!first.isDead()) await stop(await starting)
      }
    }
    expect(deaths).toBeGreaterThan(20)
  })

  it('fire once with several workers, while ranges are split', async () => {
    const { port, pass, schedule, start, stop } = open(2)
    await using _ = port
    const workers = [await start(), await start(), await start()]
    for (let i = 0; i < 100; i++) await schedule(`m:${i}`, 1_000 + i * 100)
    await pass(3_000)
    port.split('20')
    port.split('A0')
    await pass(20_000)
    for (let i = 0; i < 100; i++) {
      expect(await firedOf(port, `m:${i}`)).toHaveLength(1)
      expect(faultsOf(await eventsOf(port, `m:${i}`))).toEqual([])
    }
    expect(await indexed(port)).toEqual([])
    for (const worker of workers) await stop(worker)
  })

  it('cost a worker without feed ranges next to nothing', async () => {
    const { scheduler, port, pass, schedule, start, stop } = open(1)
    await using _ = port
    const workers = [await start(), await start(), await start()]
    await schedule('m:1', HOUR)
    await pass(20_000)
    const before = scheduler.steps
    await pass(10_000)
    expect(scheduler.steps - before).toBeLessThan(1_000)
    for (const worker of workers) await stop(worker)
  })

  it('are neither lost nor late for a page that comes late, and what it adds goes soon', async () => {
    const { clock, port, pass, schedule, cancel, start, stop } = open(1)
    await using _ = port
    const [range] = await port.feed.ranges()
    if (range === undefined) throw new Error('no range')
    await schedule('later', HOUR)
    await schedule('sooner', 9 * HOUR)
    await schedule('cancelled', HOUR)
    const old = await port.feed.read(range, 'start')
    const processor = await start()
    await schedule('later', 9 * HOUR, 'again')
    await schedule('sooner', 5 * HOUR, 'again')
    const at = new Date(clock.now() + 9 * HOUR).toISOString()
    await cancel('cancelled')
    await pass(2 * HOUR)
    expect((await indexed(port)).map(([key]) => key)).toEqual(['sooner', 'later'])
    await indexTimers(port, old.events)
    expect((await indexed(port)).map(([key]) => key)).toEqual(['cancelled', 'sooner', 'later'])
    // The index is read again every minute.
    await pass(60_000 + 100)
    expect((await indexed(port)).map(([key]) => key)).toEqual(['sooner', 'later'])
    // As if the entry of the one that was moved had been gone when the late page came.
    const entry = await port.viewStore.get({
      projection: '$timers',
      version: 1,
      key: (await eventsOf(port, 'later'))[0]?.stream.id ?? '',
    })
    if (entry) await port.viewStore.remove(entry.document, entry.etag)
    await indexTimers(port, old.events)
    await pass(60_000 + 100)
    expect((await indexed(port)).find(([key]) => key === 'later')?.[1].slice(0, 17)).toBe(at.slice(0, 17))
    await pass(HOUR)
    expect([(await firedOf(port, 'sooner')).length, (await firedOf(port, 'later')).length]).toEqual([1, 0])
    await pass(5 * HOUR)
    expect([(await firedOf(port, 'later')).length, (await firedOf(port, 'cancelled')).length]).toEqual([1, 0])
    for (const key of ['later', 'sooner']) expect(faultsOf(await eventsOf(port, key))).toEqual([])
    await stop(processor)
  })

  it('fire although many that are due before them cannot', async () => {
    const { port, theirs, pass, schedule, start, stop } = open(1)
    await using _ = port
    for (let i = 0; i < 210; i++) await schedule(`stuck:${i}`, i)
    for (let i = 0; i < 10; i++) await schedule(`m:${i}`, 1_000)
    let isStuck = true
    const events = new Proxy(theirs.events, {
      get(target, name) {
        if (name !== 'append') return Reflect.get(target, name)
        return async (...parameters: Parameters<StoragePort['events']['append']>) => {
          const [, [event]] = parameters
          if (isStuck && String(event?.eventData.key).startsWith('stuck')) throw new RangeError('stuck')
          return target.append(...parameters)
        }
      },
    })
    const processor = await start({ ...theirs, events })
    await pass(5_000)
    for (let i = 0; i < 10; i++) expect(await firedOf(port, `m:${i}`)).toHaveLength(1)
    expect(await indexed(port)).toHaveLength(210)
    isStuck = false
    await pass(60_000)
    expect(await indexed(port)).toEqual([])
    await stop(processor)
  })

  it('are found again in a log that was restored', async () => {
    const { clock, port, again, pass, schedule, start, stop } = open(1)
    await using _ = port
    const before = await start()
    await schedule('kept', 5 * HOUR)
    await schedule('lost', 5 * HOUR)
    await schedule('kept', 9 * HOUR, 'again')
    await pass(1_000)
    await stop(before)
    port.loseTail((await eventsOf(port, 'kept'))[0]?.stream.id ?? '', 2)
    port.loseTail((await eventsOf(port, 'lost'))[0]?.stream.id ?? '', 1)
    port.reopen({ clock, acceptDivergedLog: true })
    const after = await start(again())
    await pass(5 * HOUR + 10_000)
    expect(typesOf(await eventsOf(port, 'kept'))).toEqual([TIMER_SCHEDULED, TIMER_FIRED])
    expect(await indexed(port)).toEqual([])
    await stop(after)
  })

  it('do not make a worker read a long log that has none', async () => {
    const { port, theirs, pass, schedule, start, stop } = open(1)
    await using _ = port
    for (let i = 0; i < 50; i++) await append(port, `s:${i}`, [1])
    await pass(24 * HOUR)
    const read: unknown[] = []
    const feed = new Proxy(theirs.feed, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (name !== 'read') return member
        return async (...parameters: Parameters<StoragePort['feed']['read']>) => {
          const page = await target.read(...parameters)
          read.push(...page.events)
          return page
        }
      },
    })
    const processor = await start({ ...theirs, feed })
    await schedule('m:1', HOUR)
    await pass(2 * HOUR)
    expect(await firedOf(port, 'm:1')).toHaveLength(1)
    expect(read.length).toBeLessThan(10)
    await stop(processor)
  })
})
