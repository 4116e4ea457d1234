import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Executed } from '../../../src/aggregates/commands/command-result.ts'
import { type Repository, repository } from '../../../src/aggregates/repository.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { TidemarkError } from '../../../src/core/errors/base.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import {
  type AccountState,
  AlreadyOpened,
  type accountEvents,
  deposit,
  NoAccount,
  open,
  yearlyAccount,
} from './account.ts'
import { eventsOf, plainFold, readChain } from './chain.ts'
import { Crash, crashAt, crashingStorage, type Fate, noCrash } from './crashing-storage.ts'

type Accounts = Repository<AccountState, EventTypesOf<typeof accountEvents>>
type Done = Executed<AccountState, EventTypesOf<typeof accountEvents>>

const clock: Clock = { now: () => Date.now(), sleep: async () => {} }
const YEARS = Array.from({ length: 40 }, (_, i) => String(2010 + i))

/** The steps whose every call is made to crash, each with the command id that makes it repeatable. */
const scenarios: readonly {
  readonly name: string
  readonly before: (accounts: Accounts) => Promise<unknown>
  readonly step: (accounts: Accounts) => Promise<Done>
}[] = [
  {
    name: 'the first command',
    before: async () => {},
    step: (accounts) => accounts.execute('1', (state) => open(state, 'ann'), { period: '2020', commandId: 'step' }),
  },
  {
    name: 'a command in the open period',
    before: (accounts) => accounts.execute('1', (state) => open(state, 'ann'), { period: '2020' }),
    step: (accounts) => accounts.execute('1', (state) => deposit(state, 1, 'step'), { commandId: 'step' }),
  },
  {
    name: 'a command in a later period',
    before: (accounts) => accounts.execute('1', (state) => open(state, 'ann'), { period: '2020' }),
    step: (accounts) =>
      accounts.execute('1', (state) => deposit(state, 1, 'step'), { period: '2022', commandId: 'step' }),
  },
  {
    name: 'a close',
    before: (accounts) => accounts.execute('1', (state) => open(state, 'ann'), { period: '2020' }),
    step: (accounts) => accounts.close('1', { period: '2020', successor: '2021', commandId: 'step' }),
  },
]

describe.each(scenarios)('a crash during $name', ({ before, step }) => {
  test('heals at the next load or command, wherever it was', async () => {
    let crashes = 0
    for (const healer of ['load', 'execute', 'repeat', 'periods'] as const) {
      for (const when of ['before', 'after'] as const) {
        for (let call = 0; ; call++) {
          await using storage = openMemory()
          const other = repository(storage, yearlyAccount, { clock })
          await before(other)
          const fate = crashAt(call, when)
          const crashed = await step(repository(crashingStorage(storage, fate), yearlyAccount, { clock })).catch(
            (error) => error,
          )
          if (fate.calls <= call) {
            expect(crashed).toMatchObject({ duplicate: false })
            break
          }
          expect(crashed).toBeInstanceOf(Crash)
          crashes++
          if (healer === 'load') await other.load('1')
          if (healer === 'periods') await other.periods('1')
          if (healer === 'execute') await other.execute('1', (state) => (state.owner === null ? [] : deposit(state, 7)))
          const first = await step(other)
          const again = await step(repository(storage, yearlyAccount, { clock, cache: false }))
          expect(again).toEqual({ ...first, duplicate: true })
          const chain = await readChain(storage, '1', YEARS)
          const marked = chain.flatMap(({ events }) => events.filter(({ metadata }) => metadata.commandId === 'step'))
          expect(marked).toHaveLength(1)
          const newest = chain.at(-1)?.events ?? []
          expect(await other.load('1')).toMatchObject({ version: newest.length, state: await plainFold(newest) })
        }
      }
    }
    expect(crashes).toBeGreaterThan(20)
  })
})

describe('an id whose first command crashed', () => {
  const first = (accounts: Accounts, period: string, commandId?: string) =>
    accounts.execute('1', (state) => open(state, 'ann'), { period, ...(commandId && { commandId }) })

  test.each(['2019', '2020', '2021'])('takes the same command again in %s', async (period) => {
    for (const when of ['before', 'after'] as const) {
      for (let call = 0; ; call++) {
        await using storage = openMemory()
        const fate = crashAt(call, when)
        const crashing = repository(crashingStorage(storage, fate), yearlyAccount, { clock })
        await first(crashing, '2020', 'first').catch((error) => expect(error).toBeInstanceOf(Crash))
        if (fate.calls <= call) break
        const accounts = repository(storage, yearlyAccount, { clock })
        const done = await first(accounts, period, 'first')
        expect(done).toMatchObject({ version: 1, state: { owner: 'ann' } })
        expect(['account:1:2020', `account:1:${period}`]).toContain(done.streamId)
        expect(await readChain(storage, '1', YEARS)).toHaveLength(1)
        await accounts.execute('1', (state) => deposit(state, 2), { period: '2022' })
        expect(await accounts.load('1')).toMatchObject({ period: '2022', state: { owner: 'ann', balance: 2 } })
      }
    }
  })

  test('and without a command id it is either not there or decided on', async () => {
    for (let call = 0; ; call++) {
      await using storage = openMemory()
      const fate = crashAt(call, 'after')
      await first(repository(crashingStorage(storage, fate), yearlyAccount, { clock }), '2020').catch(() => {})
      if (fate.calls <= call) break
      const isThere = (await eventsOf(storage, 'account:1')).length > 0
      const again = first(repository(storage, yearlyAccount, { clock }), '2021')
      if (isThere) await expect(again).rejects.toBeInstanceOf(AlreadyOpened)
      else expect(await again).toMatchObject({ streamId: 'account:1:2021', version: 1 })
    }
  })
})

/** What one actor does next: for which year, and at which of its calls it crashes, if at all. */
const action = fc.record({
  what: fc.constantFrom('open', 'deposit', 'deposit', 'deposit', 'close', 'load'),
  year: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 2 }),
  commandId: fc.integer({ min: 0, max: 8 }),
  crash: fc.option(fc.tuple(fc.nat({ max: 12 }), fc.constantFrom('before' as const, 'after' as const)), { freq: 3 }),
})
const round = fc.tuple(...[0, 1, 2].map(() => fc.option(action, { freq: 4 })))

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

const REFUSALS = ['PeriodClosed', 'StreamNotFound', 'InvalidConfiguration']

function assertExpected(error: unknown): void {
  if (error instanceof Crash || error instanceof AlreadyOpened || error instanceof NoAccount) return
  if (!(error instanceof TidemarkError) || !REFUSALS.includes(error.code)) throw error
}

describe('repositories that share a storage, race and crash', () => {
  test('never fork an aggregate, and keep every acknowledged command exactly once', async () => {
    const tally = { acknowledged: 0, duplicates: 0, crashes: 0, periods: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 14 }), async (rounds) => {
        await using storage = openMemory({ ranges: 2 })
        // Each actor keeps its repository, and so its cache, across its crashes.
        const fates: Fate[] = []
        const actors = [0, 1, 2].map((actor) =>
          repository(
            crashingStorage(storage, (call) => (fates[actor] ?? noCrash)(call)),
            yearlyAccount,
            { clock, cache: actor === 2 ? false : { max: 10 }, ...(actor > 0 && { snapshots: { every: 2 } }) },
          ),
        )
        const acknowledged = new Map<string, Done>()
        let unique = 0
        // Years are around the one that was open last, so that most commands have a chance.
        let openYear = 2020

        const act = async (accounts: Accounts, { what, year, commandId }: Action) => {
          const period = year === undefined ? undefined : String(openYear + year - 1)
          const options = { commandId: `${what}-${commandId}`, ...(period !== undefined && { period }) }
          const note = String(unique++)
          if (what === 'load') {
            await accounts.load('1', period === undefined ? {} : { period })
            return
          }
          const own = what === 'close' ? String(openYear) : (period ?? '')
          const done =
            what === 'open'
              ? await accounts.execute('1', (state) => open(state, note), { ...options, period: period ?? '2020' })
              : what === 'deposit'
                ? await accounts.execute('1', (state) => deposit(state, 1, note), options)
                : await accounts.close('1', { ...options, period: own, successor: String(openYear + 1) })
          if (done.duplicate) tally.duplicates++
          else acknowledged.set(`${options.commandId} ${done.streamId}`, done)
        }

        const firsts = await Promise.allSettled(
          actors.map((accounts, i) => accounts.execute('1', (state) => open(state, `${i}`), { period: `${2019 + i}` })),
        )
        expect(firsts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        for (const step of rounds) {
          for (const actor of [0, 1, 2]) fates[actor] = step[actor]?.crash ? crashAt(...step[actor].crash) : noCrash
          const outcomes = await Promise.allSettled(
            actors.map(async (accounts, actor) => step[actor] && act(accounts, step[actor])),
          )
          for (const outcome of outcomes) {
            if (outcome.status === 'fulfilled') continue
            assertExpected(outcome.reason)
            if (outcome.reason instanceof Crash) tally.crashes++
          }
          fates.length = 0
          openYear = Number((await repository(storage, yearlyAccount).load('1')).period)
        }

        const loaded = await repository(storage, yearlyAccount).load('1')
        const chain = await readChain(storage, '1', YEARS)
        tally.periods += chain.length
        tally.acknowledged += acknowledged.size
        for (const [key, done] of acknowledged) {
          const own = chain.find(({ period }) => done.streamId.endsWith(period))?.events ?? []
          const stored = own.filter(({ metadata }) => metadata.commandId === key.split(' ')[0])
          expect(stored.map(({ id }) => id)).toEqual([`${done.streamId}:${done.version}`])
        }
        for (const [index, { events }] of chain.entries()) {
          const near = [...events, ...(chain[index + 1]?.events ?? [])]
          const ids = near.flatMap(({ metadata }) => metadata.commandId ?? []).filter((id) => !id.startsWith('close'))
          expect(new Set(ids).size).toBe(ids.length)
        }
        for (const accounts of actors) {
          expect(await accounts.load('1')).toEqual(loaded)
          for (const { period, events } of chain) {
            const { state, version } = await accounts.load('1', { period })
            expect({ state, version }).toEqual({ state: await plainFold(events), version: events.length })
          }
        }
        // A repeat answers the first result when its period is the open one or the one before it.
        const near = chain.slice(-2).map(({ period }) => `account:1:${period}`)
        for (const [key, done] of acknowledged) {
          if (!near.includes(done.streamId) || key.startsWith('close')) continue
          const again = await actors[1]?.execute('1', () => [], { commandId: key.split(' ')[0] as string })
          const first = [...acknowledged].findLast(([other]) => other.split(' ')[0] === key.split(' ')[0])?.[1]
          expect(again).toEqual({ ...first, duplicate: true })
        }
      }),
      { numRuns: 200 },
    )
    // The property says something only if all of this came to pass.
    expect(tally.acknowledged).toBeGreaterThan(500)
    expect(tally.duplicates).toBeGreaterThan(100)
    expect(tally.crashes).toBeGreaterThan(100)
    expect(tally.periods).toBeGreaterThan(400)
  })
})
