import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import type { Executed } from '../../../src/aggregates/commands/command-result.ts'
import { type Repository, repository } from '../../../src/aggregates/repository.ts'
import type { RepositoryOptions } from '../../../src/aggregates/repository-options.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { TidemarkError } from '../../../src/core/errors/base.ts'
import { AppendTooLarge } from '../../../src/core/errors/input.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { decodePosition } from '../../../src/core/positions/position-token.ts'
import { type MemoryStorage, openMemory } from '../../../src/testing/memory/index.ts'

const events = defineEvents({
  Added: z.object({ n: z.number().max(1_000), note: z.string().optional() }),
  Timed: z.object({}),
})

type State = { readonly sum: number; readonly count: number; readonly at: string }

const definition = {
  category: 'counter',
  events,
  initial: { sum: 0, count: 0, at: '' } as State,
  evolve: {
    Added: (state: State, { data }: { data: { n: number } }) => ({
      ...state,
      sum: state.sum + data.n,
      count: state.count + 1,
    }),
    // The time of recording is only known once the event is stored.
    Timed: (state: State, { metadata }: { metadata: { recordedAt: string } }) => ({
      ...state,
      at: metadata.recordedAt,
    }),
  },
}
const counter = defineAggregate(definition)
const yearly = defineAggregate({
  ...definition,
  periods: { carry: ({ sum }) => ({ type: 'Added' as const, data: { n: Math.min(sum, 1_000) } }) },
})
type Counters = Repository<State, EventTypesOf<typeof events>>

class TooFew extends Error {}

/** A command in words, so that it can be carried out twice: here together with others, there one after another. */
type Step = {
  readonly kind: 'add' | 'take' | 'nothing' | 'several' | 'invalid' | 'large' | 'timed' | 'throws' | 'none'
  readonly n: number
  readonly commandId?: string | undefined
  readonly eventId?: string | undefined
  readonly fingerprint?: string | undefined
  readonly expectedVersion?: ExpectedVersion | undefined
}

const step: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constantFrom(
      'add',
      'add',
      'add',
      'take',
      'nothing',
      'several',
      'invalid',
      'large',
      'timed',
      'throws',
      'none',
    ),
    n: fc.integer({ min: 1, max: 9 }),
    commandId: fc.constantFrom('a', 'b', 'c'),
    eventId: fc.constantFrom('x', 'y', 'z'),
    fingerprint: fc.constantFrom('1', '2'),
    expectedVersion: fc.constantFrom<ExpectedVersion>(0, 1, 2, 3, 4, 5, 6, 'noStream', 'streamExists', 'any'),
  },
  { requiredKeys: ['kind', 'n'] },
)

// How many turns of the event loop pass before each command.
const pauses = fc.array(fc.constantFrom(0, 0, 0, 0, 1, 2, 5))

function run(counters: Counters, { kind, n, commandId, eventId, fingerprint, expectedVersion }: Step, period?: string) {
  const added = (amount: number, note?: string) => {
    const id = eventId !== undefined && commandId === undefined ? { id: eventId } : {}
    return { type: 'Added' as const, data: { n: amount, ...(note && { note }) }, ...id }
  }
  const command = ({ sum }: State) => {
    switch (kind) {
      case 'add':
        return added(n)
      case 'take':
        if (sum < n) throw new TooFew(`${sum} is less than ${n}`)
        return added(-n)
      case 'nothing':
        return sum % 2 === 0 ? [] : added(1)
      case 'several':
        return Array.from({ length: n % 4 }, (_, i) => ({ type: 'Added' as const, data: { n: i } }))
      case 'invalid':
        return added(5_000)
      case 'large':
        return added(n, 'x'.repeat(n * 150))
      case 'timed':
        return { type: 'Timed' as const, data: {} }
      case 'throws':
        throw new TooFew('always')
      case 'none':
        return undefined as never
    }
  }
  return counters.execute('1', command, {
    ...(commandId !== undefined && { commandId }),
    ...(commandId !== undefined && fingerprint !== undefined && { fingerprint }),
    ...(period !== undefined && { period }),
    ...(expectedVersion !== undefined && { expectedVersion }),
  })
}

const CLOCK = { now: () => 0, sleep: (milliseconds: number) => systemClock.sleep(milliseconds / 100) }
// Few events and bytes an append, so that what waits does not always fit into one.
const small = () => openMemory({ clock: CLOCK, limits: { eventsPerAppend: 6, bytesPerAppend: 1_200 } })
const options: RepositoryOptions = { retries: 2, clock: CLOCK }

/** What a caller can see of an outcome, but for where exactly its append ended. */
function seen(outcome: PromiseSettledResult<Executed<State, EventTypesOf<typeof events>>>) {
  if (outcome.status === 'fulfilled') {
    const { position, ...rest } = outcome.value
    const mark = position === null ? null : decodePosition(position).marks[0]
    if (mark) expect(mark.version).toBeGreaterThanOrEqual(rest.version)
    return { ...rest, hasPosition: position !== null }
  }
  const { reason } = outcome
  if (!(reason instanceof TooFew || reason instanceof TidemarkError)) throw reason
  if (reason instanceof WrongExpectedVersion) return { expected: reason.expected, actual: reason.actual }
  return { failed: reason instanceof TidemarkError ? reason.code : reason.message }
}

const stored = async (storage: StoragePort, streamId: string) =>
  (await storage.events.load(streamId)).events.map(({ stream, eventType, eventData, metadata }) => ({
    version: stream.version,
    eventType,
    eventData,
    commandId: metadata.commandId,
  }))

describe('commands that come at once', () => {
  test('come to what they come to one after another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), pauses, fc.boolean(), async (steps, turns, cache) => {
        const [together, apart] = [small(), small()]
        const settings = cache ? options : { ...options, cache: false as const }
        const counters = repository(together, counter, settings)
        // Some come while others are carried out.
        const running: ReturnType<typeof run>[] = []
        for (const [i, one] of steps.entries()) {
          for (let turn = turns[i] ?? 0; turn > 0; turn--) await nextTurn()
          const outcome = run(counters, one)
          outcome.catch(() => {})
          running.push(outcome)
        }
        const results = await Promise.allSettled(running)
        const lone = repository(apart, counter, settings)
        const expected: PromiseSettledResult<Awaited<ReturnType<typeof run>>>[] = []
        for (const one of steps) expected.push(...(await Promise.allSettled([run(lone, one)])))
        expect(results.map(seen)).toEqual(expected.map(seen))
        expect(await stored(together, 'counter:1')).toEqual(await stored(apart, 'counter:1'))
        expect((await counters.load('1')).state).toEqual((await lone.load('1')).state)
        // A repeat of what was carried out answers the same, whoever shared its append.
        for (const [i, one] of steps.entries()) {
          const first = results[i]
          if (one.commandId === undefined || first?.status !== 'fulfilled' || first.value.events.length === 0) continue
          expect(await run(repository(together, counter, settings), one)).toEqual({ ...first.value, duplicate: true })
        }
      }),
      { numRuns: 150 },
    )
  })

  test('come to that also over periods, while books are closed', async () => {
    const periodStep = fc.tuple(step, fc.constantFrom(undefined, undefined, '2020', '2021', '2022'))
    await fc.assert(
      fc.asyncProperty(fc.array(periodStep, { maxLength: 15 }), async (steps) => {
        const [together, apart] = [small(), small()]
        const [counters, lone] = [together, apart].map((storage) => repository(storage, yearly, options)) as [
          Counters,
          Counters,
        ]
        for (const one of [counters, lone]) await run(one, { kind: 'add', n: 1 }, '2020')
        const results = await Promise.allSettled(steps.map(([one, period]) => run(counters, one, period)))
        const expected: PromiseSettledResult<Awaited<ReturnType<typeof run>>>[] = []
        for (const [one, period] of steps) expected.push(...(await Promise.allSettled([run(lone, one, period)])))
        expect(results.map(seen)).toEqual(expected.map(seen))
        expect(await counters.periods('1')).toEqual(await lone.periods('1'))
        for (const period of await lone.periods('1')) {
          const streamId = `counter:1:${period}`
          const withoutIds = async (storage: StoragePort) =>
            (await stored(storage, streamId)).map(({ eventData: { opening, ...eventData }, ...rest }) => ({
              ...rest,
              eventData,
              hasOpening: opening !== undefined,
            }))
          expect(await withoutIds(together)).toEqual(await withoutIds(apart))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of several processes are lost by nobody and repeated by nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 60 }), async (who) => {
        const storage = openMemory()
        const processes = [0, 1, 2].map(() => repository(storage.reopen(), counter, { retries: 100, clock: CLOCK }))
        const executed = await Promise.all(
          who.map((process, i) =>
            (processes[process] as Counters).execute('1', () => ({ type: 'Added', data: { n: i } })),
          ),
        )
        const { events: all } = await storage.events.load('counter:1')
        expect(all.map(({ eventData }) => eventData.n).toSorted((a, b) => Number(a) - Number(b))).toEqual(
          who.map((_, i) => i),
        )
        for (const [i, { version, state, events: own }] of executed.entries()) {
          expect(all[version - 1]?.eventData).toEqual({ n: i })
          expect(own).toEqual([{ type: 'Added', data: { n: i }, version }])
          expect(state.count).toBe(version)
          expect(state.sum).toBe(all.slice(0, version).reduce((sum, { eventData }) => sum + Number(eventData.n), 0))
        }
      }),
      { numRuns: 40 },
    )
  })

  /** Does something when the n-th append of a storage is stored, before its caller hears of it. */
  function afterAppend(storage: MemoryStorage, nth: number, work: () => Promise<void>): StoragePort {
    let appends = 0
    const append: typeof storage.events.append = async (...args) => {
      const appended = await storage.events.append(...args)
      if (++appends === nth) await work()
      return appended
    }
    return { ...storage, events: { ...storage.events, append } }
  }

  test.each<[string, Step]>([
    ['throws', { kind: 'take', n: 9 }],
    ['decides nothing', { kind: 'nothing', n: 1 }],
    ['appends', { kind: 'add', n: 1 }],
  ])('see what another process appended before they came: one that %s without it', async (_, late) => {
    const storage = openMemory()
    const other = repository(storage.reopen(), counter, options)
    const outcome = Promise.withResolvers<PromiseSettledResult<Awaited<ReturnType<typeof run>>> | undefined>()
    const port = afterAppend(storage, 2, async () => {
      await run(other, { kind: 'add', n: 9 })
      Promise.allSettled([run(counters, late)]).then(([settled]) => outcome.resolve(settled))
    })
    const counters: Counters = repository(port, counter, { ...options, retries: 0 })
    // The first goes alone; the other two share the second append, whose state the late one could go on from.
    await Promise.all([1, 2, 3].map(() => run(counters, { kind: 'add', n: late.kind === 'nothing' ? 2 : 1 })))
    expect(await outcome.promise).toMatchObject({ status: 'fulfilled', value: { version: 5 } })
  })
})

/** Counts the calls of the log, and lets some of them fail. */
function watched(
  storage: MemoryStorage,
  fail: (call: string, n: number) => 'before' | 'after' | undefined = () => undefined,
) {
  const calls: string[] = []
  const watch = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      calls.push(name)
      const when = fail(name, calls.length)
      if (when === 'before') throw new StorageUnavailable(`${name} is cut off`)
      const answer = await call(...args)
      if (when === 'after') throw new StorageUnavailable(`${name}: the answer is lost`)
      return answer
    }
  }
  const { events: log } = storage
  const port: StoragePort = {
    ...storage,
    events: {
      ...log,
      append: watch('append', log.append),
      load: watch('load', log.load),
      findAppend: watch('findAppend', log.findAppend),
    },
  }
  return { port, calls }
}

describe('one hot stream', () => {
  test.each([1, 2, 16, 64, 256])(
    'costs %i clients at most two calls a command, and none of them fails',
    async (clients) => {
      const { port, calls } = watched(openMemory())
      const counters = repository(port, counter)
      const each = 8
      await Promise.all(
        Array.from({ length: clients }, async () => {
          for (let i = 0; i < each; i++) await run(counters, { kind: 'add', n: 1 })
        }),
      )
      expect((await counters.load('1')).state.sum).toBe(clients * each)
      expect(calls.length - 1).toBeLessThanOrEqual(2 * clients * each)
      if (clients >= 16) expect(calls.length).toBeLessThan((clients * each) / 4)
      // What the last append left behind is what the next commands are decided on, without another load.
      const loads = calls.filter((call) => call === 'load').length
      if (clients >= 16) expect(loads).toBeLessThanOrEqual(4)
    },
  )

  test('costs as many appends as it takes to hold all events', async () => {
    const { port, calls } = watched(openMemory({ limits: { eventsPerAppend: 6 } }))
    const counters = repository(port, counter)
    await Promise.all(Array.from({ length: 61 }, () => run(counters, { kind: 'add', n: 1 })))
    expect(calls.filter((call) => call === 'append')).toHaveLength(11)
    const wide = watched(openMemory({ limits: { bytesPerAppend: 2_000 } }))
    const wideCounters = repository(wide.port, counter)
    await Promise.all(Array.from({ length: 9 }, () => run(wideCounters, { kind: 'large', n: 5 })))
    expect(wide.calls.filter((call) => call === 'append')).toHaveLength(5)
  })

  test('costs one load and one append more where another process came first, whoever waits', async () => {
    const storage = openMemory()
    const other = repository(storage.reopen(), counter, options)
    const { port, calls } = watched(storage)
    const { append } = port.events
    let appends = 0
    const raced: typeof append = async (...args) => {
      if (++appends === 2) await run(other, { kind: 'add', n: 1 })
      return append(...args)
    }
    const counters = repository({ ...port, events: { ...port.events, append: raced } }, counter, options)
    await Promise.all(Array.from({ length: 100 }, () => run(counters, { kind: 'add', n: 1 })))
    expect(calls).toEqual(['load', 'append', 'load', 'append', 'load', 'append'])
    expect((await counters.load('1')).state.sum).toBe(101)
  })

  test('is given up after as many conflicts as a lone command', async () => {
    const storage = openMemory()
    const other = repository(storage.reopen(), counter, options)
    let appends = 0
    const append: typeof storage.events.append = async (...args) => {
      if (++appends > 1) await run(other, { kind: 'add', n: 1 })
      return storage.events.append(...args)
    }
    const counters = repository({ ...storage, events: { ...storage.events, append } }, counter, options)
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => run(counters, { kind: 'add', n })))
    expect(outcomes[0]).toMatchObject({ status: 'fulfilled' })
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject({ reason: { code: 'WrongExpectedVersion' } })
    expect(appends).toBe(1 + 1 + (options.retries ?? 0))
  })

  test('costs a command with an id its own look-up besides', async () => {
    const { port, calls } = watched(openMemory())
    const counters = repository(port, counter)
    await Promise.all(Array.from({ length: 256 }, (_, i) => run(counters, { kind: 'add', n: 1, commandId: `c${i}` })))
    expect(calls.filter((call) => call === 'findAppend')).toHaveLength(256)
    expect(calls.filter((call) => call !== 'findAppend').length).toBeLessThan(10)
  })

  test('is shared by the commands of a period', async () => {
    const { port, calls } = watched(openMemory())
    const counters = repository(port, yearly)
    await run(counters, { kind: 'add', n: 1 }, '2020')
    calls.length = 0
    await Promise.all(Array.from({ length: 256 }, () => run(counters, { kind: 'add', n: 1 })))
    expect(calls.length).toBeLessThan(20)
    expect((await counters.load('1')).state.sum).toBe(257)
  })

  test('keeps other streams waiting for nothing', async () => {
    const storage = openMemory()
    const held = Promise.withResolvers<void>()
    const append: typeof storage.events.append = async (streamId, ...rest) => {
      if (streamId === 'counter:1') await held.promise
      return storage.events.append(streamId, ...rest)
    }
    const counters = repository({ ...storage, events: { ...storage.events, append } }, counter)
    const waiting = [1, 2, 3].map(() => run(counters, { kind: 'add', n: 1 }))
    expect((await counters.execute('2', () => ({ type: 'Added', data: { n: 1 } }))).version).toBe(1)
    held.resolve()
    expect((await Promise.all(waiting)).map(({ version }) => version)).toEqual([1, 2, 3])
  })
})

describe('a shared append', () => {
  test('that is cut off, or whose answer is lost, tells all who shared it, and nothing is tried again', async () => {
    for (const when of ['before', 'after'] as const) {
      let appends = 0
      const storage = openMemory()
      const { port } = watched(storage, (call) => (call === 'append' && ++appends === 2 ? when : undefined))
      const counters = repository(port, counter, options)
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => run(counters, { kind: 'add', n: 1 })))
      const failed = outcomes.filter(({ status }) => status === 'rejected')
      expect(failed).toHaveLength(9)
      for (const { reason } of failed as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(StorageUnavailable)
      const written = when === 'after' ? 10 : 1
      expect((await storage.events.load('counter:1')).version).toBe(written)
      expect((await run(counters, { kind: 'add', n: 1 })).version).toBe(written + 1)
    }
  })

  test('whose answer is lost is found again by the command ids of all who shared it', async () => {
    for (const lost of [1, 2, 3]) {
      let appends = 0
      const storage = openMemory()
      const { port } = watched(storage, (call) => (call === 'append' && ++appends === lost ? 'after' : undefined))
      const counters = repository(port, counter, options)
      const steps = Array.from({ length: 40 }, (_, i): Step => ({ kind: 'add', n: (i % 9) + 1, commandId: `c${i}` }))
      const patiently = async (one: Step) => {
        for (;;) {
          try {
            return await run(counters, one)
          } catch (error) {
            if (!(error instanceof StorageUnavailable)) throw error
          }
        }
      }
      const executed = await Promise.all(steps.map(patiently))
      const { events: all } = await storage.events.load('counter:1')
      expect(all).toHaveLength(40)
      for (const [i, { version, events: own }] of executed.entries()) {
        expect(own).toEqual([{ type: 'Added', data: { n: (i % 9) + 1 }, version }])
        expect(all[version - 1]?.metadata.commandId).toBe(`c${i}`)
      }
    }
  })

  test('of a stream that is deleted meanwhile is StreamDeleted for all', async () => {
    const storage = openMemory()
    const counters = repository(storage, counter, options)
    await run(counters, { kind: 'add', n: 1 })
    const append: typeof storage.events.append = async (...args) => {
      await deleteStream(storage, 'counter:1')
      return storage.events.append(...args)
    }
    const late = repository({ ...storage, events: { ...storage.events, append } }, counter, options)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => run(late, { kind: 'add', n: 1 })))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'StreamDeleted' } })
  })

  test('fails nobody for the event id that one of them repeats', async () => {
    const storage = openMemory()
    const counters = repository(storage, counter, { ...options, retries: 0 })
    await run(counters, { kind: 'add', n: 1, eventId: 'x' })
    const steps: Step[] = [
      { kind: 'add', n: 1 },
      { kind: 'add', n: 2 },
      { kind: 'add', n: 3, eventId: 'x' },
      { kind: 'add', n: 4 },
    ]
    const outcomes = await Promise.allSettled(steps.map((one) => run(counters, one)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[2]).toMatchObject({ reason: { code: 'WrongExpectedVersion' } })
    expect((await counters.load('1')).state.sum).toBe(8)
  })

  test('that the storage does not take as one is made one by one', async () => {
    const storage = openMemory()
    const append: typeof storage.events.append = async (streamId, documents, ...rest) => {
      if (documents.length > 1) throw new AppendTooLarge('bytes', 3, 2)
      return storage.events.append(streamId, documents, ...rest)
    }
    const counters = repository({ ...storage, events: { ...storage.events, append } }, counter, options)
    const executed = await Promise.all([1, 2, 3, 4].map((n) => run(counters, { kind: 'add', n })))
    expect(executed.map(({ version }) => version)).toEqual([1, 2, 3, 4])
  })

  test.each([
    ['the same command', '1', { status: 'fulfilled', value: { duplicate: true, version: 2 } }],
    ['another command', '2', { status: 'rejected', reason: { code: 'CommandIdReused' } }],
  ])('tells a command whose id %s used elsewhere at the same moment', async (_, fingerprint, expected) => {
    const storage = openMemory()
    const other = repository(storage.reopen(), counter, options)
    const shared: Step = { kind: 'add', n: 7, commandId: 'a', fingerprint: '1' }
    let appends = 0
    const append: typeof storage.events.append = async (...args) => {
      if (++appends === 2) await run(other, shared)
      return storage.events.append(...args)
    }
    const counters = repository({ ...storage, events: { ...storage.events, append } }, counter, options)
    const steps: Step[] = [
      { kind: 'add', n: 1 },
      { ...shared, fingerprint },
      { kind: 'throws', n: 1 },
    ]
    const outcomes = await Promise.allSettled(steps.map((one) => run(counters, one)))
    expect(outcomes[1]).toMatchObject(expected)
    expect(outcomes[2]).toMatchObject({ status: 'rejected', reason: { message: 'always' } })
    expect((await counters.load('1')).state.sum).toBe(8)
  })
})
