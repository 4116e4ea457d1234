import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createSealer } from '../../../../../src/integrity/chain/sealing/sealer.ts'
import { streamSalts } from '../../../../../src/integrity/chain/sealing/stream-salts.ts'
import { openChain } from '../../../../../src/integrity/open-chain.ts'
import { type ManualClock, manualClock } from '../../../../../src/testing/manual-clock.ts'
import { type MemoryStorage, openMemory } from '../../../../../src/testing/memory/index.ts'
import { inZone } from '../../../../support/in-zone.ts'

const MAX_AGE = 5_000
const STEP = 100
const NEVER = new AbortController().signal

/** A clock that is off by as much as it jumped, while its sleeps last as long as they should. */
function jumping(time: ManualClock) {
  const clock = { off: 0, now: () => time.now() + clock.off, sleep: time.sleep }
  return clock
}

const storages: MemoryStorage[] = []

afterEach(async () => {
  await Promise.all(storages.splice(0).map((storage) => storage.close()))
})

/** @param spell how another program spells the time at which an event was recorded */
async function aSealer(spell = (recordedAt: string) => recordedAt) {
  const time = manualClock()
  const clock = jumping(time)
  const storage = openMemory({ ranges: 3, clock: time, turn: async () => {} })
  storages.push(storage)
  const chain = await openChain(storage, { origin: 'acme/meters', clock })
  const bounds = { maxEvents: 4_096, maxBytes: 256 * 1024, maxAge: MAX_AGE }
  const sealer = createSealer(chain.writer, streamSalts(chain.context.ledger), clock, bounds)
  const from = new Map<string, string>()
  const lags: number[] = []
  let waiting = 0
  return {
    time,
    clock,
    lags,
    get waiting() {
      return waiting
    },
    /** Appends an event, and hands over what is new in its range as a worker does. */
    async append(stream: number): Promise<void> {
      const event = { eventType: 'read', eventData: {}, metadata: { eventId: crypto.randomUUID(), salt: 'salt' } }
      await storage.events.append(`thing:${stream}`, [event], { expectedVersion: 'any' })
      const recorded = time.now()
      for (const range of await storage.feed.ranges()) {
        const place = from.get(range.min) ?? 'start'
        const page = await storage.feed.read(range, place)
        from.set(range.min, page.continuation)
        if (page.events.length === 0) continue
        waiting++
        const events = page.events.map(({ event, ...rest }) => {
          const metadata = { ...event.metadata, recordedAt: spell(event.metadata.recordedAt) }
          return { ...rest, event: { ...event, metadata } }
        })
        sealer.seal(range, place, { ...page, events }, NEVER).then(() => {
          waiting--
          lags.push(time.now() - recorded)
        })
      }
    },
    /** Lets time pass in small steps. */
    async pass(milliseconds: number): Promise<void> {
      for (let left = milliseconds; left > 0; left -= STEP) {
        time.advance(Math.min(left, STEP))
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    },
  }
}

const pause = fc.record({ stream: fc.nat(20), pause: fc.nat(2_500), jump: fc.constant(0) })

const hour = 3_600_000
const jump = fc.record({
  stream: fc.nat(20),
  pause: fc.nat(2_500),
  jump: fc.constantFrom(0, 0, -hour, hour, -1_000, 1_000, -10 * hour),
})

for (const [name, steps, most] of [
  ['each event is sealed within its age and a second', pause, MAX_AGE + 1_000],
  ['each event is sealed within its age and a second, however the clock jumps', jump, MAX_AGE + 1_000],
] as const) {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (events) => {
        const sealing = await aSealer()
        for (const { stream, pause, jump } of events) {
          await sealing.append(stream)
          sealing.clock.off += jump
          await sealing.pass(pause)
        }
        await sealing.pass(most)
        expect(sealing.waiting).toBe(0)
        expect(Math.max(...sealing.lags)).toBeLessThanOrEqual(most)
      }),
      { numRuns: 40 },
    )
  }, 60_000)
}

test('no event is sealed before others could share its block', async () => {
  const sealing = await aSealer()
  await sealing.append(1)
  await sealing.pass(MAX_AGE - 2 * STEP)
  expect(sealing.waiting).toBe(1)
})

test('the age of an event is that in UTC if its time has no offset, whatever time zone the process is in', async () => {
  await inZone('Asia/Tokyo', async () => {
    const sealing = await aSealer((recordedAt) => recordedAt.replace('Z', ''))
    await sealing.append(1)
    await sealing.pass(MAX_AGE - 2 * STEP)
    expect(sealing.waiting).toBe(1)
  })
})
