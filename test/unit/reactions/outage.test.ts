import { expect, it } from 'vitest'
import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { healthOf, isReady } from '../../../src/processor/status/health.ts'
import { gaugesOf } from '../../../src/processor/status/metrics.ts'
import { pauseVersion } from '../../../src/processor/versions/pause-version.ts'
import { rangesOf } from '../../../src/processor/versions/version-progress.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import type { ReactionContext, ReactionDefinition } from '../../../src/reactions/reaction.ts'
import { append, events } from '../processor/support.ts'
import { virtualWorld } from './virtual.ts'

type Settings = Partial<ReactionDefinition<EventTypesOf<typeof events>>>
type Sent = { readonly id: string; readonly at: number; readonly ok: boolean }

/** A reaction that sends to a destination, which takes 10 ms, and fails as it is told to. */
function sending(world: ReturnType<typeof virtualWorld>, settings: Settings = {}) {
  const { clock, scheduler } = world
  const sent: Sent[] = []
  let fails: (id: string, context: ReactionContext) => unknown = () => undefined
  let [running, most] = [0, 0]
  const reaction = defineReaction('sending', {
    events,
    from: 'start',
    ...settings,
    on: {
      Added: async ({ streamId, version }, context) => {
        const id = `${streamId}@${version}`
        most = Math.max(most, ++running)
        await clock.sleep(10)
        running--
        const failure = fails(id, context)
        sent.push({ id, at: scheduler.now, ok: failure === undefined })
        if (failure !== undefined) throw failure
      },
    },
  })
  return {
    reaction,
    sent,
    failWith: (next: typeof fails) => {
      fails = next
    },
    /** The most calls at once since the last question. */
    atOnce() {
      const seen = most
      most = running
      return seen
    },
    ok: () => sent.filter(({ ok }) => ok).map(({ id }) => id),
  }
}

const away = () => new DestinationUnavailable('the bus is away')

it('waits for a bus that is away for a minute under load: nothing is parked or lost, and it goes on within one backoff', async () => {
  const world = virtualWorld()
  const { port, pass } = world
  const { reaction, sent, failWith, atOnce, ok } = sending(world, { attempts: 1 })
  const processor = await world.within(5_000, startProcessor(port, [reaction], world.process('w').options))
  const load = async (seconds: number) => {
    for (let i = 0; i < seconds * 2; i++) {
      await world.within(400, append(port, `s:${i % 20}`, [1]))
      await pass(500)
    }
  }
  await load(10)
  failWith(away)
  await load(5)
  atOnce()
  const begun = sent.length
  await load(55)
  expect(atOnce()).toBe(1)
  // A probe a second at first, then fewer.
  const probes = sent.slice(begun)
  expect(probes.length).toBeGreaterThan(2)
  expect(probes.length).toBeLessThan(10)
  expect(probes.every((one) => !one.ok)).toBe(true)
  failWith(() => undefined)
  const end = world.scheduler.now
  await load(65)
  const first = sent.find((one) => one.ok && one.at > end)
  expect((first?.at ?? Number.POSITIVE_INFINITY) - end).toBeLessThanOrEqual(60_000)
  await pass(10_000)
  expect(await parkedSequences(port, reaction).count()).toBe(0)
  const appended = new Map([...Array(20)].map((_, i) => [`s:${i}`, 0]))
  for (const id of ok()) {
    const [stream = '', version] = id.split('@')
    // At least once, and in order.
    expect(Number(version)).toBe((appended.get(stream) ?? 0) + 1)
    appended.set(stream, Number(version))
  }
  expect(ok()).toHaveLength((10 + 5 + 55 + 65) * 2)
  await world.within(10_000, processor.stop())
})

it('shows that it waits, and since when, to itself and to others, after a minute, and no longer when it is over', async () => {
  const world = virtualWorld()
  const { port, pass, clock } = world
  const { reaction, failWith } = sending(world)
  const [one, two] = [world.process('one'), world.process('two')]
  const first = await world.within(5_000, startProcessor(port, [reaction], { ...one.options, stalledAfter: 20_000 }))
  const second = await world.within(5_000, startProcessor(port, [reaction], two.options))
  await pass(5_000)
  failWith(away)
  const since = clock.now()
  await world.within(1_000, append(port, 's:1', [1]))
  await pass(50_000)
  expect((await first.status()).ranges.map(({ state }) => state)).not.toContain('stalled')
  expect((await first.status()).ranges.map(({ state }) => state)).not.toContain('waiting')
  await pass(20_000)
  const seen = []
  for (const processor of [first, second]) {
    const status = await processor.status()
    const [waiting, ...others] = status.ranges.filter(({ state }) => state === 'waiting')
    expect(others).toEqual([])
    expect(Date.parse(waiting?.waitingSince ?? '') - since).toBeLessThan(3_000)
    expect(waiting?.error).toMatchObject({ code: 'DestinationUnavailable', message: expect.stringContaining('away') })
    expect(isReady(status)).toBe(true)
    seen.push({
      health: healthOf(status, clock.now()).status,
      gauges: gaugesOf(status, clock.now()).filter(
        ({ gauge, value }) => gauge === 'tidemark.range.waiting' && value > 60,
      ),
      owns: waiting?.owner === status.workerId,
    })
  }
  for (const { owns, health, gauges } of seen) {
    expect([health, gauges.length]).toEqual(owns ? ['waiting', 1] : ['ok', 0])
  }
  expect(seen.filter(({ owns }) => owns)).toHaveLength(1)
  const stored = await rangesOf(port, 'sending', 1, clock)
  expect(stored.filter(({ state, waitingSince }) => state === 'waiting' && waitingSince)).toHaveLength(1)
  failWith(() => undefined)
  await pass(70_000)
  for (const processor of [first, second]) {
    const { ranges } = await processor.status()
    expect(ranges.map(({ state, waitingSince }) => [state, waitingSince])).toEqual(Array(4).fill(['idle', null]))
  }
  await world.within(10_000, first.stop())
  await world.within(10_000, second.stop())
})

it.each(['stop', 'pause'] as const)('ends its wait at once at a %s', async (how) => {
  const world = virtualWorld()
  const { port, pass } = world
  const { reaction, failWith, sent } = sending(world)
  failWith(() => new DestinationUnavailable('later', { retryAfter: 600_000 }))
  await append(port, 's:1', [1])
  await append(port, 's:2', [1])
  const processor = await world.within(5_000, startProcessor(port, [reaction], world.process('w').options))
  await pass(120_000)
  const calls = sent.length
  // Each of the two was called before it was known, and it is honoured when to call again.
  expect(calls).toBe(2)
  if (how === 'pause') {
    await world.within(1_000, pauseVersion(port, { name: 'sending', version: 1 }))
    await pass(10_000)
    const states = (await processor.status()).ranges.map(({ state }) => state)
    expect(new Set(states)).toEqual(new Set(['paused']))
  }
  await world.within(500, processor.stop())
  expect(sent.length).toBe(calls)
})

it('tells an outage by a cause, by one of several errors, and by its classifier, and a time limit only so', async () => {
  const outages: Record<string, () => unknown> = {
    itself: away,
    cause: () => new TypeError('fetch failed', { cause: new Error('socket', { cause: away() }) }),
    several: () => new AggregateError([new Error('one'), new Error('two', { cause: away() })]),
    classified: () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    loop: () => {
      const error = new Error('loop')
      error.cause = error
      return error
    },
    plain: () => new Error('no'),
  }
  for (const [kind, error] of Object.entries(outages)) {
    const world = virtualWorld()
    const unavailable = (thrown: unknown) => {
      if (kind === 'plain') throw new Error('the classifier is broken')
      return (thrown as { code?: string }).code === 'ECONNREFUSED'
    }
    const { reaction, failWith } = sending(world, { attempts: 2, unavailable })
    failWith(error)
    await append(world.port, 's:1', [1])
    const processor = await world.within(5_000, startProcessor(world.port, [reaction], world.process('w').options))
    await world.pass(120_000)
    const parked = await parkedSequences(world.port, reaction).count()
    expect([kind, parked]).toEqual([kind, kind === 'loop' || kind === 'plain' ? 1 : 0])
    await world.within(10_000, processor.stop())
  }
  for (const isAway of [false, true]) {
    const world = virtualWorld()
    const unavailable = (error: unknown) => isAway && (error as Error).name === 'TimeoutError'
    const { reaction } = sending(world, { attempts: 2, timeLimit: 5, unavailable })
    await append(world.port, 's:1', [1])
    const processor = await world.within(5_000, startProcessor(world.port, [reaction], world.process('w').options))
    await world.pass(60_000)
    expect(await parkedSequences(world.port, reaction).count()).toBe(isAway ? 0 : 1)
    await world.within(10_000, processor.stop())
  }
})

it('parks an event at fault during an outage, and goes on waiting for the others', async () => {
  const world = virtualWorld()
  const { reaction, failWith, ok } = sending(world, { attempts: 3, concurrency: 4 })
  failWith((id) => (id === 's:1@1' ? new RangeError('too large') : away()))
  for (const stream of ['s:1', 's:2', 's:3']) await append(world.port, stream, [1, 2])
  const processor = await world.within(5_000, startProcessor(world.port, [reaction], world.process('w').options))
  await world.pass(600_000)
  const sequences = parkedSequences(world.port, reaction)
  expect((await sequences.list()).items).toMatchObject([{ key: 's:1', attempts: 3 }])
  failWith(() => undefined)
  await world.pass(60_000)
  expect(ok().toSorted()).toEqual(['s:2@1', 's:2@2', 's:3@1', 's:3@2'])
  await world.within(10_000, processor.stop())
})

it('uses up nothing when a parked sequence is replayed during an outage, and says so', async () => {
  const world = virtualWorld()
  const { reaction, failWith, ok } = sending(world, { attempts: 2 })
  failWith((id) => (id === 's:1@1' ? new RangeError('not yet') : undefined))
  await append(world.port, 's:1', [1, 2, 3])
  const processor = await world.within(5_000, startProcessor(world.port, [reaction], world.process('w').options))
  await world.pass(60_000)
  const sequences = parkedSequences(world.port, reaction, { clock: world.clock })
  const before = await sequences.show('s:1')
  failWith(away)
  await expect(world.within(5_000, sequences.replay('s:1'))).rejects.toMatchObject({ code: 'DestinationUnavailable' })
  expect(await sequences.show('s:1')).toEqual(before)
  failWith((id) => (id === 's:1@3' ? away() : undefined))
  await expect(world.within(5_000, sequences.replay('s:1'))).rejects.toMatchObject({ code: 'DestinationUnavailable' })
  expect(await sequences.show('s:1')).toMatchObject({ waiting: 1, event: { version: 3 }, attempts: 0, error: null })
  failWith(() => undefined)
  expect(await world.within(5_000, sequences.replay('s:1'))).toMatchObject({ unparked: true, folded: 1 })
  expect(ok()).toEqual(['s:1@1', 's:1@2', 's:1@3'])
  await world.within(10_000, processor.stop())
})

it('waits also where the destination is away after an early acknowledgement, so that few events are lost', async () => {
  const world = virtualWorld(1, 1)
  let called = 0
  const reaction = defineReaction('early', {
    events,
    from: 'start',
    on: {
      Added: async (_, context) => {
        await context.acknowledge()
        called++
        throw away()
      },
    },
  })
  for (let i = 0; i < 50; i++) await append(world.port, `s:${i}`, [1])
  const processor = await world.within(5_000, startProcessor(world.port, [reaction], world.process('w').options))
  await world.pass(5_000)
  expect(called).toBeLessThan(24)
  await world.within(60_000, processor.stop())
})
