import { describe, expect, it } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import type { Reaction } from '../../../src/reactions/reaction.ts'
import { append, events, interposed } from '../processor/support.ts'
import { virtualWorld } from './virtual.ts'

const NEVER = new Promise<never>(() => {})

type Call = { readonly id: string; readonly attempt: number; readonly process: number }

/** Processes that run a reaction one after the other, each until an event kills it. */
function mortal(world: ReturnType<typeof virtualWorld>, kills: (id: string) => boolean) {
  const { clock, port } = world
  const calls: Call[] = []
  let lives = 0
  const progressSaves = { count: 0 }

  function start(define: (handle: (id: string, attempt: number) => Promise<void>) => Reaction) {
    const life = ++lives
    const { actor, options } = world.process(`w-${life}`)
    const own: StoragePort = interposed(port, async (call, next, [document]) => {
      if (!actor.alive) return NEVER
      if (call === 'viewStore.save' && String((document as { projection?: string }).projection).startsWith('$progress'))
        progressSaves.count++
      const answer = await next()
      return actor.alive ? answer : NEVER
    })
    const reaction = define(async (id, attempt) => {
      if (!actor.alive) return NEVER
      calls.push({ id, attempt, process: life })
      await clock.sleep(20)
      if (!actor.alive) return NEVER
      if (!kills(id)) return
      actor.alive = false
      return NEVER
    })
    return { actor, reaction, processor: startProcessor(own, [reaction], options) }
  }

  return { calls, progressSaves, start }
}

const oneByOne = (handle: (id: string, attempt: number) => Promise<void>) =>
  defineReaction('mortal', {
    events,
    from: 'start',
    attempts: 3,
    on: { Added: ({ streamId, version }, { attempt }) => handle(`${streamId}@${version}`, attempt) },
  })

const inBatches = (handle: (id: string, attempt: number) => Promise<void>) =>
  defineReaction('mortal', {
    events,
    from: 'start',
    attempts: 3,
    batch: { most: 10 },
    handle: async (batch, { attemptOf }) => {
      for (const event of batch) await handle(`${event.streamId}@${event.version}`, attemptOf(event))
    },
  })

describe.each([
  ['one by one', oneByOne],
  ['in batches', inBatches],
])('an event that kills its process, %s,', (_, define) => {
  it.each([1, 4])('is parked, and those in flight with it are handled, with %i ranges', async (ranges) => {
    const world = virtualWorld(7, ranges)
    const { port } = world
    for (let stream = 0; stream < 12; stream++) await append(port, `s:${stream}`, [1, 2])
    const { calls, start } = mortal(world, (id) => id === 's:5@1')
    let deaths = 0
    for (; deaths < 10; deaths++) {
      const { actor } = start(define)
      await world.pass(60_000)
      if (actor.alive) break
    }
    // Once in flight with others, and then with each of its attempts recorded.
    expect(deaths).toBe(4)
    expect(calls.filter(({ id }) => id === 's:5@1').map(({ attempt }) => attempt)).toEqual([1, 1, 2, 3])
    const sequences = parkedSequences(
      port,
      define(async () => {}),
    )
    expect((await sequences.list()).items).toMatchObject([
      {
        key: 's:5',
        waiting: 2,
        attempts: 3,
        error: { code: 'ProcessEnded', message: expect.stringContaining('s:5@1') },
      },
    ])
    const handled = new Set(calls.map(({ id }) => id))
    for (let stream = 0; stream < 12; stream++) {
      if (stream !== 5) expect([handled.has(`s:${stream}@1`), handled.has(`s:${stream}@2`)]).toEqual([true, true])
    }
    // The others that were in flight count no attempts, although they were called before it in its process.
    expect(calls.filter(({ id }) => id !== 's:5@1').every(({ attempt }) => attempt === 1)).toBe(true)
  })
})

it('an event in flight elsewhere in a process that is killed again and again is not parked for it', async () => {
  const world = virtualWorld(3, 4)
  const { port, clock } = world
  for (let stream = 0; stream < 8; stream++) await append(port, `s:${stream}`, [1])
  const { start } = mortal(world, (id) => id === 's:1@1')
  let last = false
  for (let deaths = 0; deaths < 12 && !last; deaths++) {
    // The others take long, so that each is in flight whenever the killer strikes.
    const { actor } = start((handle) =>
      oneByOne(async (id, attempt) => {
        if (id !== 's:1@1') await clock.sleep(200)
        await handle(id, attempt)
      }),
    )
    await world.pass(60_000)
    last = actor.alive
  }
  expect(last).toBe(true)
  const { items } = await parkedSequences(
    port,
    oneByOne(async () => {}),
  ).list()
  expect(items.map(({ key }) => key)).toEqual(['s:1'])
})

it('nothing is recorded for attempts in normal running, and after a crash only for what may have been in flight', async () => {
  const world = virtualWorld(5, 1)
  const { port } = world
  const { calls, progressSaves, start } = mortal(world, (id) => id === 's:9@1')
  const first = start(oneByOne)
  await world.pass(1_000)
  for (let stream = 0; stream < 5; stream++) await append(port, `s:${stream}`, [1])
  await world.pass(1_000)
  const stored = async () => {
    const { views } = await port.viewStore.query({ projection: '$progress-mortal', version: 1, limit: 10 })
    return views.map(({ document }) => document.data).filter((data) => data && 'acknowledged' in data)
  }
  expect(await stored()).toEqual([{ acknowledged: expect.anything(), parked: {} }])
  await append(port, 's:9', [1])
  await world.pass(1_000)
  expect(first.actor.alive).toBe(false)
  for (let life = 0; life < 3; life++) {
    start(oneByOne)
    await world.pass(60_000)
  }
  const survivor = start(oneByOne)
  await world.pass(60_000)
  expect(survivor.actor.alive).toBe(true)
  expect(
    await parkedSequences(
      port,
      oneByOne(async () => {}),
    ).count(),
  ).toBe(1)
  await append(port, 's:1', [2])
  await world.pass(5_000)
  const before = progressSaves.count
  for (let stream = 0; stream < 5; stream++) await append(port, `t:${stream}`, [1])
  await world.pass(5_000)
  // As many saves as in normal running: each of the five at once, and not a second one before each call.
  expect(progressSaves.count - before).toBeLessThanOrEqual(5)
  expect(calls.at(-1)?.id.startsWith('t:')).toBe(true)
  await world.within(10_000, (await survivor.processor).stop())
})

it('an outage, and a process that is stopped or killed in it, use up no attempts after a crash', async () => {
  const world = virtualWorld(11, 1)
  const { port } = world
  await append(port, 's:1', [1])
  const { start } = mortal(world, () => false)
  const { DestinationUnavailable } = await import('../../../src/core/errors/reaction.ts')
  const away = () =>
    oneByOne(async () => {
      throw new DestinationUnavailable('away')
    })
  for (let life = 0; life < 8; life++) {
    const { actor } = start(away)
    await world.pass(120_000)
    actor.alive = false
  }
  const attempts: number[] = []
  start(() => oneByOne(async (_, attempt) => void attempts.push(attempt)))
  await world.pass(60_000)
  expect(attempts).toEqual([1])
  expect(await parkedSequences(port, away()).count()).toBe(0)
})

it('begins no other handler after a crash once it is told to stop', async () => {
  const world = virtualWorld(7, 4)
  const { port, clock } = world
  for (let i = 0; i < 12; i++) await append(port, `s:${i}`, [1])
  const first = world.process('a')
  let stoppedAt = Number.POSITIVE_INFINITY
  const late: string[] = []
  const slow = (ends: boolean) =>
    defineReaction('slow', {
      events,
      from: 'start',
      on: {
        Added: async ({ streamId }, { signal }) => {
          if (!ends) {
            first.actor.alive = false
            return new Promise(() => {})
          }
          if (clock.now() > stoppedAt) late.push(streamId)
          await clock.sleep(20_000, signal)
          return signal.throwIfAborted()
        },
      },
    })
  const dying = interposed(port, async (_, next) => (first.actor.alive ? next() : new Promise<never>(() => {})))
  void startProcessor(dying, [slow(false)], first.options)
  await world.pass(60_000)
  const processor = await world.within(5_000, startProcessor(port, [slow(true)], world.process('b').options))
  await world.pass(30_000)
  stoppedAt = clock.now()
  await world.within(15_000, processor.stop())
  expect(late).toEqual([])
})
