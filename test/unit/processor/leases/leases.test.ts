import { describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../../../src/core/clock.ts'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import type { LeaseDocument } from '../../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { firstLease } from '../../../../src/processor/leases/first-lease.ts'
import { takeLease } from '../../../../src/processor/leases/lease.ts'
import { createWorkerRegistry } from '../../../../src/processor/leases/worker-registry.ts'
import { type Processor, startProcessor } from '../../../../src/processor/processor.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../../support/projecting/views.ts'
import { append, interposed, overall, type PortCall, perStream, silent } from '../support.ts'

const whole = { min: '', max: 'FF' }
const noNote = () => ({})

/** A registered worker, and what it takes. */
async function workerOf(port: StoragePort, clock: Clock, workerId: string) {
  const { leases, incarnation } = port
  const registry = createWorkerRegistry({
    leases,
    clock,
    workerId,
    duration: 10_000,
    projections: () => ['per-stream:1'],
    incarnation,
    details: silent,
    registered: async () => {},
  })
  await registry.renew()
  const taker = { leases, random: Math.random, registry, now: clock.now }
  return {
    registry,
    first: () => takeLease(taker, firstLease(perStream, whole, undefined, incarnation), noNote),
    async take() {
      const [seen] = await port.leases.list({ projection: 'per-stream' })
      return seen && takeLease(taker, seen, noNote)
    },
  }
}

/** The first lease of a worker of its own. */
const firstOf = async (port: StoragePort, clock: Clock, workerId: string) =>
  (await workerOf(port, clock, workerId)).first()

const stored = async (port: StoragePort): Promise<LeaseDocument | undefined> =>
  (await port.leases.list({ projection: 'per-stream' }))[0]?.document

describe('a lease', () => {
  it('goes to one of those who take it at once', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const taken = await Promise.all(['a', 'b', 'c'].map((id) => firstOf(port, clock, id)))
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  it('stores its place, and nothing any more once another worker took it', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const mine = await firstOf(port, clock, 'a')
    mine?.move('one', 1)
    await mine?.save()
    expect(await stored(port)).toMatchObject({ owner: 'a', continuation: 'one', readTo: 1 })
    const theirs = await (await workerOf(port, clock, 'b')).take()
    expect(theirs).toMatchObject({ continuation: 'one', readTo: 1 })
    mine?.move('two', 2)
    await mine?.save()
    expect(mine?.ended.aborted).toBe(true)
    await mine?.release()
    expect(await stored(port)).toMatchObject({ owner: 'b', continuation: 'one', readTo: 1 })
  })

  it('was yielded if another worker took it while it lasted, and not if it may have expired', async () => {
    const clock = manualClock()
    for (const [late, isYielded] of [
      [0, true],
      [10_000, false],
    ] as const) {
      await using port = openMemory()
      const mine = await firstOf(port, clock, 'a')
      clock.advance(late)
      await (await workerOf(port, clock, 'b')).take()
      await mine?.release()
      expect([mine?.ended.aborted, mine?.isYielded]).toEqual([true, isYielded])
    }
  })

  it('ends where another life of its worker took it, under the same name', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const former = await firstOf(port, clock, 'a')
    const later = await (await workerOf(port, clock, 'a')).take()
    former?.move('former', 2)
    await former?.save()
    expect([former?.ended.aborted, former?.isYielded]).toEqual([true, false])
    later?.move('later', 3)
    await later?.save()
    expect(later?.ended.aborted).toBe(false)
    expect(await stored(port)).toMatchObject({ owner: 'a', continuation: 'later', readTo: 3 })
  })

  it('is saved again after a save that was not answered, also from the place that was stored before', async () => {
    await using port = openMemory()
    let answers = true
    const flaky = interposed(port, async (call, next) => {
      const answer = await next()
      if (call === 'leases.save' && !answers) throw new StorageUnavailable('answer lost')
      return answer
    })
    const lease = await firstOf(flaky, manualClock(), 'a')
    lease?.move('three', 3)
    await lease?.save()
    expect(lease?.moved).toBe(false)
    // The feed may give a page again, so that the place goes back.
    lease?.move('two', 2)
    answers = false
    await expect(lease?.save()).rejects.toThrow(StorageUnavailable)
    answers = true
    lease?.move('three', 3)
    expect(lease?.moved).toBe(true)
    await lease?.save()
    expect(lease?.moved).toBe(false)
    expect(await stored(port)).toMatchObject({ continuation: 'three', readTo: 3 })
  })

  it('is given up on release, with its place, although the answer of the save before was lost', async () => {
    await using port = openMemory()
    let answers = true
    const flaky = interposed(port, async (call, next) => {
      const answer = await next()
      if (call === 'leases.save' && !answers) throw new StorageUnavailable('answer lost')
      return answer
    })
    const lease = await firstOf(flaky, manualClock(), 'a')
    lease?.move('one', 1)
    answers = false
    await expect(lease?.save()).rejects.toThrow(StorageUnavailable)
    answers = true
    expect(await stored(port)).toMatchObject({ owner: 'a', continuation: 'one' })
    lease?.move('two', 2)
    await lease?.release()
    expect(lease?.ended.aborted).toBe(true)
    expect(await stored(port)).toMatchObject({ owner: null, expiresAt: 0, continuation: 'two', readTo: 2 })
    expect(await (await workerOf(port, manualClock(), 'b')).take()).toMatchObject({ continuation: 'two', readTo: 2 })
  })

  it('is not relied on, and stores nothing, from a while before its worker lapses, whatever the storage holds', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const { registry, first } = await workerOf(port, clock, 'a')
    const lease = await first()
    clock.advance(7_999)
    expect(lease?.check()).toBe(true)
    await registry.renew()
    clock.advance(7_999)
    expect(lease?.check()).toBe(true)
    clock.advance(1)
    lease?.move('late', 9)
    await lease?.save()
    expect(lease?.ended.aborted).toBe(true)
    expect(await stored(port)).toMatchObject({ owner: 'a', continuation: null })
  })

  it('is given up with its place also after its worker lapsed, unless another one took it', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const lease = await firstOf(port, clock, 'a')
    lease?.move('one', 1)
    clock.advance(60_000)
    expect(lease?.check()).toBe(false)
    await lease?.release()
    expect(await stored(port)).toMatchObject({ owner: null, continuation: 'one', readTo: 1 })
    const again = await (await workerOf(port, clock, 'a')).take()
    clock.advance(60_000)
    expect(again?.check()).toBe(false)
    await (await workerOf(port, clock, 'b')).take()
    again?.move('two', 2)
    await again?.release()
    expect(await stored(port)).toMatchObject({ owner: 'b', continuation: 'one', readTo: 1 })
  })

  it('is stored only when it is taken, moved or given up', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const { registry, first } = await workerOf(port, clock, 'a')
    await first()
    const [before] = await port.leases.list({ projection: 'per-stream' })
    for (let i = 0; i < 20; i++) {
      clock.advance(5_000)
      await registry.renew()
    }
    const [after] = await port.leases.list({ projection: 'per-stream' })
    expect(after?.etag).toBe(before?.etag)
  })

  it('is still its worker’s after a save whose answer was lost', async () => {
    await using port = openMemory()
    let losing = false
    const lossy = interposed(port, async (call, next) => {
      const answer = await next()
      if (losing && call === 'leases.save') throw new StorageUnavailable('answer lost')
      return answer
    })
    const lease = await firstOf(lossy, manualClock(), 'a')
    losing = true
    lease?.move('one', 1)
    await expect(lease?.save()).rejects.toThrow('answer lost')
    losing = false
    lease?.move('two', 2)
    await lease?.save()
    expect(lease?.check()).toBe(true)
    expect(await stored(port)).toMatchObject({ owner: 'a', continuation: 'two', readTo: 2 })
  })
})

const quick = { leaseDuration: 300, pollInterval: 30 }

async function shares(port: StoragePort): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { document } of await port.leases.list()) {
    if (document.projection !== WORKERS) counts[String(document.owner)] = (counts[String(document.owner)] ?? 0) + 1
  }
  return counts
}

const assertRight = async (port: StoragePort) => {
  await untilCaughtUp(port, [perStream, overall])
  for (const projection of [perStream, overall]) {
    expect(await storedViews(port, projection)).toEqual(await plainFold(port, projection))
  }
}

describe('several workers', () => {
  const start = (port: StoragePort, workerId: string): Promise<Processor> =>
    startProcessor(port, [perStream, overall], { ...quick, workerId })

  it('come to even shares as they come and go, and read each range once', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 40; i++) await append(port, `s:${i % 9}`, [i])
    await using a = await start(port, 'a')
    expect(await shares(port)).toEqual({ a: 8 })
    await using b = await start(port, 'b')
    await until('a and b share', async () => JSON.stringify(await shares(port)) === '{"a":4,"b":4}')
    await using c = await start(port, 'c')
    await until(
      'all three share',
      async () =>
        Object.values(await shares(port))
          .toSorted()
          .join() === '2,2,4',
    )
    for (let i = 0; i < 40; i++) await append(port, `s:${i % 9}`, [i])
    await assertRight(port)
    // Whoever has a range has it for both projections.
    const owners = new Map<string, Set<string | null>>()
    for (const { document } of await port.leases.list()) {
      if (document.projection === WORKERS) continue
      const range = owners.get(document.range.min) ?? new Set()
      owners.set(document.range.min, range.add(document.owner))
    }
    expect([...owners.values()].every(({ size }) => size === 1)).toBe(true)
    await a.stop()
    const left = Date.now()
    await until('b and c share', async () => Object.values(await shares(port)).join() === '4,4')
    expect(Date.now() - left).toBeLessThan(quick.leaseDuration)
    for (let i = 0; i < 40; i++) await append(port, `s:${i % 9}`, [i])
    await assertRight(port)
    await b.stop()
    await c.stop()
    expect(await shares(port)).toEqual({ null: 8 })
    const workers = await port.leases.list({ projection: WORKERS })
    expect(workers.filter(({ document }) => document.expiresAt > 0)).toEqual([])
  })

  it('leave each other alone, then', async () => {
    await using port = openMemory({ ranges: 4 })
    await using a = await start(port, 'a')
    await using b = await start(port, 'b')
    await until('they share', async () => Object.values(await shares(port)).join() === '4,4')
    const before = (await port.leases.list()).map(({ document }) => [document.id, document.owner])
    await systemClock.sleep(3 * quick.leaseDuration)
    expect((await port.leases.list()).map(({ document }) => [document.id, document.owner])).toEqual(before)
    await a.stop()
    await b.stop()
  })
})

it('a worker that has nothing to save learns with its next look that a lease was taken from it', async () => {
  await using port = openMemory()
  const settings = { leaseDuration: 20_000, renewInterval: 500, pollInterval: 50, workerId: 'a' }
  await append(port, 's:1', [1])
  await using processor = await startProcessor(port, [perStream], settings)
  await untilCaughtUp(port, [perStream])
  await until('its place is stored', async () => (await stored(port))?.readTo === 1)
  expect(await (await workerOf(port, systemClock, 'b')).take()).toBeDefined()
  await until('it no longer takes itself for the owner', async () => {
    const { ranges } = await processor.status()
    return ranges.every(({ owner }) => owner === 'b')
  })
  await processor.stop()
})

it('a place whose save failed is saved soon also where the clock went back since the save before', async () => {
  await using port = openMemory()
  let [ahead, fails] = [3_600_000, false]
  const clock = { now: () => Date.now() + ahead, sleep: systemClock.sleep }
  const flaky = interposed(port, (call, next, [lease]) => {
    if (call !== 'leases.save' || !fails || (lease as LeaseDocument).projection !== 'per-stream') return next()
    fails = false
    throw new StorageUnavailable('for once')
  })
  await using processor = await startProcessor(flaky, [perStream], { ...quick, clock })
  await append(port, 's:1', [1])
  await until('its place is stored', async () => (await stored(port))?.readTo === 1)
  ;[ahead, fails] = [0, true]
  await append(port, 's:1', [1])
  await until('the next place is stored', async () => (await stored(port))?.readTo === 2)
  expect(fails).toBe(false)
  await processor.stop()
})

describe('a worker that is alone', () => {
  it('looks as often as it renews, and renews nothing but its own document', async () => {
    await using port = openMemory({ ranges: 2 })
    const calls: PortCall[] = []
    const watched = interposed(port, (call, next) => {
      calls.push(call)
      return next()
    })
    const settings = { leaseDuration: 3_000, renewInterval: 600, pollInterval: 50 }
    await using processor = await startProcessor(watched, [perStream, overall], settings)
    await systemClock.sleep(700)
    calls.length = 0
    await systemClock.sleep(1_800)
    const count = (call: PortCall) => calls.filter((made) => made === call).length
    expect(count('leases.list')).toBe(0)
    expect(count('leases.changes')).toBeLessThanOrEqual(5)
    expect(count('leases.save')).toBeGreaterThanOrEqual(2)
    expect(count('leases.save')).toBeLessThanOrEqual(5)
    await processor.stop()
  })

  it('looks soon where a lease is taken from it', async () => {
    await using port = openMemory({ ranges: 2 })
    const settings = { leaseDuration: 20_000, renewInterval: 500, pollInterval: 50 }
    await using processor = await startProcessor(port, [perStream], { ...settings, workerId: 'a' })
    const [found] = await port.leases.list({ projection: 'per-stream' })
    if (found === undefined) throw new Error('There is no lease')
    await port.leases.save({ ...found.document, owner: null, expiresAt: 0 }, { ifMatch: found.etag })
    const begun = Date.now()
    await until('it has it again', async () => (await port.leases.get(found.document.id))?.document.owner === 'a')
    expect(Date.now() - begun).toBeLessThan(2_000)
    await processor.stop()
  })
})

describe('leases that cannot be reached', () => {
  it('end the reading before they could lapse, are told of, and work goes on by itself when they are back', async () => {
    await using port = openMemory({ ranges: 2 })
    let away = false
    let readAt = 0
    const calls: PortCall[] = []
    const flaky = interposed(port, async (call, next) => {
      calls.push(call)
      if (call === 'feed.read') readAt = Date.now()
      if (away && call.startsWith('leases.')) throw new StorageUnavailable('the leases are away')
      return next()
    })
    await using processor = await startProcessor(flaky, [perStream, overall], quick)
    const begun = Date.now()
    away = true
    let going = true
    const writer = (async () => {
      for (let i = 0; going; i++) {
        await append(port, `s:${i % 5}`, [i])
        await systemClock.sleep(5)
      }
    })()
    await until('nothing is owned', async () => {
      return (await processor.status()).ranges.every(({ state, owner }) => state === 'unowned' && owner === null)
    })
    expect(Date.now() - begun).toBeLessThanOrEqual(quick.leaseDuration + 50)
    await systemClock.sleep(quick.leaseDuration)
    expect(readAt - begun).toBeLessThan(quick.leaseDuration)
    expect((await processor.status()).leases).toMatchObject({ code: 'StorageUnavailable' })
    away = false
    await until('all is owned', async () => (await processor.status()).ranges.every(({ owner }) => owner !== null))
    expect((await processor.status()).leases).toBeNull()
    going = false
    await writer
    await assertRight(port)
    await processor.stop()
  })

  it('and do not even answer', async () => {
    await using port = openMemory()
    let away = false
    const held: (() => void)[] = []
    const silent = interposed(port, async (call, next) => {
      if (away && call.startsWith('leases.')) await new Promise<void>((resolve) => held.push(resolve))
      return next()
    })
    await using processor = await startProcessor(silent, [perStream], quick)
    away = true
    await until('it is nobody’s', async () => (await processor.status()).ranges[0]?.state === 'unowned')
    away = false
    await until('it goes on', async () => (await processor.status()).ranges[0]?.owner !== null)
    for (const answer of held) answer()
    await append(port, 's:1', [1])
    await untilCaughtUp(port, [perStream])
    await processor.stop()
  })
})

it('a stop waits for a look at the leases that was given up', async () => {
  await using port = openMemory()
  const answered = Promise.withResolvers<void>()
  let [held, left] = [false, 0]
  const slow = interposed(port, async (call: PortCall, next) => {
    if (!held || call !== 'leases.changes') return next()
    left++
    await answered.promise
    left--
    return next()
  })
  const processor = await startProcessor(slow, [perStream], { leaseDuration: 100 })
  held = true
  await until('a look was given up for another one', () => left > 1)
  let stopped = false
  const stop = processor.stop().then(() => {
    stopped = true
  })
  await systemClock.sleep(150)
  expect(stopped).toBe(false)
  answered.resolve()
  await stop
  expect(left).toBe(0)
})

it('a stop waits for a renewal that is under way, although its lease is lost', async () => {
  await using port = openMemory()
  const answered = Promise.withResolvers<void>()
  let [held, left] = [false, 0]
  const slow = interposed(port, async (call: PortCall, next) => {
    if (!held || call !== 'leases.save') return next()
    left++
    await answered.promise
    left--
    return next()
  })
  const processor = await startProcessor(slow, [perStream], { workerId: 'slow', leaseDuration: 200 })
  await until('it has the range', async () => (await stored(port))?.owner === 'slow')
  held = true
  await until('a renewal is under way', () => left > 0)
  await using _ = await startProcessor(port, [perStream], { workerId: 'other', leaseDuration: 200 })
  await until('another one has the range', async () => (await stored(port))?.owner === 'other')
  let stopped = false
  const stop = processor.stop().then(() => {
    stopped = true
  })
  await systemClock.sleep(50)
  expect(stopped).toBe(false)
  answered.resolve()
  await stop
  expect(left).toBe(0)
})

it('refuses times that cannot be', async () => {
  await using port = openMemory()
  const refused = async (options: Parameters<typeof startProcessor>[2], setting: string) =>
    expect(startProcessor(port, [perStream], options)).rejects.toMatchObject({ code: 'InvalidConfiguration', setting })
  await refused({ leaseDuration: 99 }, 'leaseDuration')
  await refused({ leaseDuration: 1_000, renewInterval: 501 }, 'renewInterval')
  await refused({ leaseDuration: 1_000, pollInterval: 501 }, 'pollInterval')
  await refused({ stalledAfter: 0 }, 'stalledAfter')
  await refused({ unownedAfter: 1.5 }, 'unownedAfter')
  await refused({ workerId: 'a/b' }, 'workerId')
})
