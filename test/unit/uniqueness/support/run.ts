import { repository } from '../../../../src/aggregates/repository.ts'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { TidemarkError } from '../../../../src/core/errors/base.ts'
import { randomFrom } from '../../../../src/core/random.ts'
import { below, oneOf } from '../../../../src/testing/conformance/support/random.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { createClock } from '../../../../src/testing/simulate/world/clock.ts'
import { type Actor, createScheduler } from '../../../../src/testing/simulate/world/scheduler.ts'
import { createCommitRecord } from './commit-record.ts'
import { changeEmail, changePhones, customer, greet, register, yearlyCustomer } from './customers.ts'
import { type Faults, faultyProcess, NO_FAULTS, type Shared } from './faulty-process.ts'

const HOUR = 3_600_000
const EMAILS = ['a@x', 'b@x']
const PHONES = ['1', '2']
const IDS = ['k1', 'k2', 'k3']
const YEARS = ['2020', '2021', '2022']

/** The result of a run. */
export type Outcome = {
  readonly failures: readonly string[]
  readonly lapses: number
  /** How many commands succeeded, were refused a value, or ended otherwise. */
  readonly ends: Readonly<Record<string, number>>
}

/** Customers of several processes, which want the same few values, while everything goes wrong that may. */
export async function runClaims(seed: number): Promise<Outcome> {
  const random = randomFrom(seed)
  const scheduler = createScheduler(random)
  const db = openMemory({ clock: createClock(scheduler), turn: () => Promise.resolve() })
  const record = createCommitRecord()
  const shared: Shared = { db, scheduler, random, record, history: new Map() }
  const severity = random() * 0.2
  const faults: Faults = {
    late: severity,
    lost: severity / 3,
    answerLost: severity / 3,
    stale: random() * 0.3,
    etagLost: severity / 2,
    pause: severity,
    crash: severity / 6,
  }
  const grace = oneOf(random, [0, 20, 1_000])
  const ends: Record<string, number> = {}
  const count = (what: string) => {
    ends[what] = (ends[what] ?? 0) + 1
  }

  let processes = 0
  function start(harm: Faults, name = `process ${++processes}`) {
    const actor: Actor = { name, alive: true, pausedUntil: 0 }
    const clock = createClock(scheduler, actor)
    clock.skew = below(random, 2 * HOUR) - HOUR
    const port = faultyProcess(shared, actor, harm)
    const options = { clock, random, uniqueGrace: grace, cache: random() < 0.7 ? { max: 10 } : false } as const
    return {
      actor,
      port,
      customers: repository(port, customer, options),
      members: repository(port, yearlyCustomer, options),
    }
  }

  const commandOf = () =>
    oneOf(random, [
      register(oneOf(random, EMAILS), random() < 0.3 ? [oneOf(random, PHONES)] : []),
      changeEmail(oneOf(random, EMAILS)),
      changeEmail(null),
      changePhones(...PHONES.filter(() => random() < 0.4)),
      greet,
    ])

  async function work(process: ReturnType<typeof start>): Promise<void> {
    const id = oneOf(random, IDS)
    try {
      if (random() < 0.015) await deleteStream(process.port, `customer:${id}`)
      else if (random() < 0.3) {
        const period =
          random() < 0.3 ? oneOf(random, YEARS) : YEARS[Math.min(2, Math.floor((3 * scheduler.now) / length))]
        await process.members.execute(id, commandOf(), { ...(period !== undefined && { period }) })
      } else await process.customers.execute(id, commandOf())
      count('done')
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      count(error.code)
    }
  }

  const places = Array.from({ length: 2 + below(random, 3) }, () => start(faults))
  const failures: string[] = []
  const length = oneOf(random, [500, 4_000, 12_000])
  for (let i = 0; i < 40; i++) {
    scheduler.after(random() * length, undefined, () => {
      const place = below(random, places.length)
      if (!places[place]?.actor.alive) places[place] = start(faults)
      for (let n = 0; n <= below(random, 2); n++) {
        work(places[place] as (typeof places)[0]).catch((error: unknown) => failures.push(String(error)))
      }
    })
  }
  await scheduler.runUntil(60_000)

  // Then nothing goes wrong any more: what is free can be claimed, and nothing else.
  const sane = start(NO_FAULTS, 'the last process')
  let probes = 0
  for (const [category, execute] of [
    ['customer', (id: string, email: string) => sane.customers.execute(id, register(email))],
    ['member', (id: string, email: string) => sane.members.execute(id, register(email), { period: '2030' })],
  ] as const) {
    for (const email of EMAILS) {
      const holder = record.holders.get(`${category} ${email}`)
      let end: string | undefined
      const id = `probe${++probes}`
      scheduler.after(0, undefined, async () => {
        end = await execute(id, email).then(
          () => 'done',
          (error: { code?: string }) => error.code ?? String(error),
        )
      })
      await scheduler.runUntil(scheduler.now + 30_000)
      const expected = holder === undefined ? 'done' : 'ValueTaken'
      if (end !== expected) failures.push(`${category} ${email} of ${holder}: ${end} instead of ${expected}`)
    }
  }
  return { failures: [...record.violations, ...failures], lapses: record.lapses, ends }
}
