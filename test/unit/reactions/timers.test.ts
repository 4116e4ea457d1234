import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { TIMER_FIRED, TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import type { Reaction, ReactionContext } from '../../../src/reactions/reaction.ts'
import type { FiredTimer } from '../../../src/timers/timer.ts'
import { faultsOf, mortal, open, typesOf } from '../timers/support.ts'

const HOUR = 3_600_000

const events = defineEvents({
  Registered: z.object({}),
  Activated: z.object({}),
  Reminded: z.object({ twice: z.boolean() }),
  Expired: z.object({}),
})

const meter = defineAggregate({
  category: 'meter',
  events,
  initial: { active: false, reminded: 0, expired: false },
  evolve: {
    Registered: (state) => state,
    Activated: (state) => ({ ...state, active: true }),
    Reminded: (state) => ({ ...state, reminded: state.reminded + 1 }),
    Expired: (state) => ({ ...state, expired: true }),
  },
})

/** Reminds of a registration after two seconds, and lets it expire two seconds later. */
function activation(port: StoragePort): Reaction {
  const meters = repository(port, meter)
  return defineReaction('activation', {
    events,
    from: 'start',
    on: {
      Registered: ({ streamId }, context) => context.after(2_000, { timer: 'reminder', key: streamId }),
      Activated: async ({ streamId: key }, { cancel }) => {
        await Promise.all([cancel({ timer: 'reminder', key }), cancel({ timer: 'deadline', key })])
      },
    },
    timers: {
      reminder: async ({ key }, { commandId, ...context }) => {
        const id = key.slice('meter:'.length)
        // Two commands that the state alone would not keep from being repeated.
        for (const twice of [false, true]) {
          await meters.execute(id, ({ active }) => (active ? [] : events.create('Reminded', { twice })), {
            commandId: commandId(`remind ${twice}`),
          })
        }
        await context.after(2_000, { timer: 'deadline', key })
      },
      deadline: async ({ key }, { commandId }) => {
        await meters.execute(key.slice('meter:'.length), ({ active }) => (active ? [] : events.create('Expired', {})), {
          commandId: commandId('expire'),
        })
      },
    },
  })
}

const add = (port: StoragePort, streamId: string, type: 'Registered' | 'Activated') =>
  eventStore(port, events).append(streamId, [{ type, data: {} }], { expectedVersion: 'any' })

const typesIn = async (port: StoragePort, streamId: string) => typesOf((await port.events.load(streamId)).events)

async function timersOf(port: StoragePort): Promise<string[]> {
  const faults: string[] = []
  for await (const streamId of port.events.streams({ category: '$timer' })) {
    faults.push(...faultsOf((await port.events.load(streamId)).events))
  }
  return faults
}

/** A reaction with one timer, and what its handlers are. */
function reminding(
  on: (context: ReactionContext<'reminder'>) => unknown,
  reminder: (timer: FiredTimer, context: ReactionContext<'reminder'>) => unknown = () => {},
) {
  return defineReaction('activation', {
    events,
    attempts: 2,
    on: { Registered: (_, context) => on(context) },
    timers: { reminder },
  })
}

/** Runs a reaction over one event for a while. */
async function running(reaction: Reaction, milliseconds = 5_000) {
  const world = open(2, [reaction])
  const worker = await world.start()
  await add(world.port, 'meter:1', 'Registered')
  await world.pass(milliseconds)
  return { ...world, worker, end: () => world.stop(worker) }
}

const scheduledIn = async (port: StoragePort) => {
  const found: unknown[] = []
  for await (const { eventData } of port.events.query({ types: [TIMER_SCHEDULED] })) found.push(eventData)
  return found
}

describe('a reaction with timers', () => {
  it('carries a process through its steps, each once, wherever its worker dies', async () => {
    let deaths = 0
    for (let at = 1, isOver = false; !isOver; at += 7) {
      for (const done of [false, true]) {
        const { scheduler, clock, port, theirs, pass, whileTimePasses } = open(2)
        await using _ = port
        const first = mortal(theirs, scheduler, { at, done })
        const starting = startProcessor(first.port, [activation(first.port)], { clock: first.clock })
        starting.catch(() => {})
        await pass(100)
        await add(port, 'meter:1', 'Registered')
        await add(port, 'meter:2', 'Registered')
        await pass(1_000)
        await add(port, 'meter:2', 'Activated')
        await pass(6_000)
        isOver = !first.isDead()
        if (!isOver) deaths++
        const second = await whileTimePasses(startProcessor(theirs, [activation(theirs)], { clock }))
        await pass(60_000)
        const whole = ['Registered', 'Reminded', 'Reminded', 'Expired']
        expect([at, done, await typesIn(port, 'meter:1')]).toEqual([at, done, whole])
        expect(await typesIn(port, 'meter:2')).toEqual(['Registered', 'Activated'])
        expect(await timersOf(port)).toEqual([])
        await whileTimePasses(second.stop())
        if (!first.isDead()) await whileTimePasses((await starting).stop())
      }
    }
    expect(deaths).toBeGreaterThan(20)
  })

  it('schedules a timer once although its handler is called again, at the time after the event', async () => {
    const calls: number[] = []
    const reaction = reminding(async ({ attempt, ...context }) => {
      calls.push(attempt)
      await context.after(HOUR, { timer: 'reminder', key: 'a', data: { attempt } })
      if (attempt === 1) throw new Error('after it was scheduled')
    })
    const { port, end } = await running(reaction)
    expect(calls).toEqual([1, 2])
    const { recordedAt } = (await port.events.load('meter:1')).events[0]?.metadata ?? { recordedAt: '' }
    const at = new Date(Date.parse(recordedAt) + HOUR).toISOString()
    expect(await scheduledIn(port)).toMatchObject([{ at, data: { attempt: 1 }, key: 'a', reaction: 'activation' }])
    await end()
  })

  it('gets what was given, with the same key at each attempt, and its handler is called until it succeeds', async () => {
    const calls: (readonly [FiredTimer, string, number])[] = []
    const reaction = reminding(
      (context) => context.after(1_000, { timer: 'reminder', key: 'a', data: { of: ['meter:1'] } }),
      (timer, { idempotencyKey, attempt }) => {
        calls.push([timer, idempotencyKey, attempt])
        if (attempt === 1) throw new Error('not yet')
      },
    )
    const { end } = await running(reaction)
    expect(calls).toHaveLength(2)
    expect(new Set(calls.map(([, key]) => key)).size).toBe(1)
    const [timer] = calls[0] ?? []
    expect(timer).toMatchObject({ timer: 'reminder', key: 'a', data: { of: ['meter:1'] }, version: 2 })
    expect(String(timer?.firedAt) >= String(timer?.at)).toBe(true)
    await end()
  })

  it('does not acknowledge an event before its timer is stored, even if the handler does not wait for it', async () => {
    let refused = 0
    const reaction = reminding((context) => void context.after(HOUR, { timer: 'reminder', key: 'a' }))
    const world = open(1, [reaction])
    const events = new Proxy(world.theirs.events, {
      get(target, name) {
        if (name !== 'append') return Reflect.get(target, name)
        return async (...parameters: Parameters<StoragePort['events']['append']>) => {
          if (++refused === 1) throw new Error('the storage is away')
          return target.append(...parameters)
        }
      },
    })
    const worker = await world.start({ ...world.theirs, events })
    await add(world.port, 'meter:1', 'Registered')
    await world.pass(5_000)
    expect(refused).toBe(2)
    expect(await scheduledIn(world.port)).toHaveLength(1)
    await world.stop(worker)
  })

  it('parks a timer that has no handler any more, and replays it once it has one', async () => {
    const scheduling = reminding((context) => context.after(3_000, { timer: 'reminder', key: 'a' }))
    const { port, pass, theirs, whileTimePasses, clock, end } = await running(scheduling, 1_000)
    await end()
    const other = defineReaction('activation', { events, attempts: 2, on: {}, timers: { deadline: () => {} } })
    const worker = await whileTimePasses(startProcessor(theirs, [other], { clock }))
    await pass(60_000)
    const [parked] = (await parkedSequences(port, other).list()).items
    expect(parked?.error?.message).toContain('has no handler for the timer reminder')
    const fired: string[] = []
    const fixed = reminding(
      () => {},
      ({ key }) => void fired.push(key),
    )
    await parkedSequences(port, fixed).replay(parked?.key ?? '')
    expect(fired).toEqual(['a'])
    await whileTimePasses(worker.stop())
  })

  it('gets no timers of other reactions', async () => {
    const fired: string[] = []
    const noting = (name: string) =>
      defineReaction(name, {
        events,
        on: { Registered: (_, context) => context.after(500, { timer: 'reminder', key: name }) },
        timers: { reminder: ({ key }) => void fired.push(`${name} got that of ${key}`) },
      })
    const world = open(2, [noting('one'), noting('other')])
    const worker = await world.start()
    await add(world.port, 'meter:1', 'Registered')
    await world.pass(5_000)
    expect(fired.toSorted()).toEqual(['one got that of one', 'other got that of other'])
    await world.stop(worker)
  })

  it('has no leases for timers, and reads none, unless a reaction has some', async () => {
    const plain = defineReaction('plain', { events, on: { Registered: () => {} } })
    const world = open(2, [plain])
    const worker = await world.start()
    const leases = await world.port.leases.list()
    expect(leases.some(({ document }) => document.projection === '$timers')).toBe(false)
    await world.stop(worker)
  })

  it.each<readonly [string, (context: ReactionContext<'reminder'>) => unknown, string]>([
    ['a duration below 0', (context) => context.after(-1, { timer: 'reminder', key: 'a' }), 'option due must be'],
    ['no duration', (context) => context.after(Number.NaN, { timer: 'reminder', key: 'a' }), 'option due must be'],
    [
      'an endless one',
      (context) => context.after(Number.POSITIVE_INFINITY, { timer: 'reminder', key: 'a' }),
      'option due must be',
    ],
    [
      'an invalid date',
      (context) => context.after(new Date('no'), { timer: 'reminder', key: 'a' }),
      'option due must be',
    ],
    [
      'a year of five digits',
      (context) => context.after(new Date(8e15), { timer: 'reminder', key: 'a' }),
      'option due must be',
    ],
    ['an empty key', (context) => context.after(1, { timer: 'reminder', key: '' }), 'option key must be'],
    ['a long key', ({ cancel }) => cancel({ timer: 'reminder', key: 'x'.repeat(201) }), 'option key must be'],
    [
      'a timer without a handler',
      (context) => context.after(1, { timer: 'constructor' as 'reminder', key: 'a' }),
      'no handler for the timer constructor',
    ],
    [
      'data that are no JSON',
      (context) => context.after(1, { timer: 'reminder', key: 'a', data: { a: 1n } as never }),
      'Not JSON at data.a',
    ],
    [
      'much data',
      (context) => context.after(1, { timer: 'reminder', key: 'a', data: { a: 'x'.repeat(20_000) } }),
      'at most 16384',
    ],
    ['a command id twice', ({ commandId }) => [commandId('a'), commandId('a')], 'option name must be'],
    ['a command without a name', ({ commandId }) => commandId(''), 'option name must be'],
  ])('fails for %s, whether the handler waits for it or not', async (_, misuse, message) => {
    for (const waits of [true, false]) {
      const reaction = reminding((context) => {
        const result = misuse(context)
        return waits ? result : undefined
      })
      const { port, end } = await running(reaction)
      const [parked] = (await parkedSequences(port, reaction).list()).items
      expect(parked?.error?.message).toContain(message)
      expect(parked?.attempts).toBe(2)
      expect(await scheduledIn(port)).toEqual([])
      await end()
    }
  })

  it('keeps no key or data in an error', async () => {
    const reaction = reminding((context) => context.after(1, { timer: 'reminder', key: 'Ada Lovelace\n' }))
    const { port, end } = await running(reaction)
    const [parked] = (await parkedSequences(port, reaction).list()).items
    expect(parked?.error?.message).toContain('key')
    expect(parked?.error?.message).not.toContain('Ada')
    await end()
  })

  it('refuses what a handler asks for after its call has ended', async () => {
    let kept: ReactionContext<'reminder'> | undefined
    const { end } = await running(
      reminding((context) => {
        kept = context
      }),
    )
    await expect(kept?.after(1, { timer: 'reminder', key: 'a' })).rejects.toMatchObject({ code: 'HandlerEnded' })
    await expect(kept?.cancel({ timer: 'reminder', key: 'a' })).rejects.toMatchObject({ code: 'HandlerEnded' })
    expect(() => kept?.commandId('a')).toThrow(expect.objectContaining({ code: 'HandlerEnded' }))
    await end()
  })

  it('has command ids that are the same at each attempt, and different for each name', async () => {
    const ids: string[][] = []
    const { end } = await running(
      reminding(({ commandId, idempotencyKey, attempt }) => {
        ids.push([commandId('a'), commandId('b'), idempotencyKey])
        if (attempt === 1) throw new Error('again')
      }),
    )
    expect(ids).toHaveLength(2)
    expect(ids[0]).toEqual(ids[1])
    expect(new Set(ids[0]).size).toBe(3)
    await end()
  })

  it('applies what one call asks for in its order', async () => {
    const { port, end } = await running(
      reminding((context) => {
        const timer = { timer: 'reminder', key: 'a' } as const
        void context.after(500, timer)
        void context.cancel(timer)
        void context.after(700, timer)
      }),
    )
    const [streamId] = await Array.fromAsync(port.events.streams({ category: '$timer' }))
    const types = await typesIn(port, streamId ?? '')
    expect(types).toEqual([TIMER_SCHEDULED, '$timerCancelled', TIMER_SCHEDULED, TIMER_FIRED])
    await end()
  })

  it.each([
    ['a name with spaces', { 'a b': () => {} }, 'cannot name a timer'],
    ['no function', { a: 1 }, 'must be a function'],
  ])('cannot be defined with %s', (_, timers, message) => {
    expect(() => defineReaction('a', { events, on: {}, timers: timers as never })).toThrow(message)
  })
})
