import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIMER_CANCELLED, TIMER_FIRED, TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { cancelTimer } from '../../../src/timers/cancel-timer.ts'
import { fireTimer } from '../../../src/timers/fire-timer.ts'
import { scheduleTimer } from '../../../src/timers/schedule-timer.ts'
import { timerStream } from '../../../src/timers/timer.ts'
import { eventsOf, faultsOf, ref, timerAt, typesOf } from './support.ts'

const START = Date.UTC(2026, 0, 1)
const KEY = 'meter:1'

type Step =
  | { readonly kind: 'schedule'; readonly cause: number; readonly after: number }
  | { readonly kind: 'cancel'; readonly cause: number }
  | { readonly kind: 'fire' }
  | { readonly kind: 'wait'; readonly time: number }

const cause = fc.nat(5)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('schedule' as const), cause, after: fc.nat(4) }),
  fc.record({ kind: fc.constant('cancel' as const), cause }),
  fc.record({ kind: fc.constant('fire' as const) }),
  fc.record({ kind: fc.constant('wait' as const), time: fc.nat(4) }),
)

/** A change that the event of a version of one stream causes; a change of the same kind and event is a repeat. */
const originOf = ({ kind, cause }: { readonly kind: string; readonly cause: number }) => ({
  eventId: `${kind} ${cause}`,
  cause: { streamId: 'meter:1', version: cause },
})

describe('a timer', () => {
  it('is what its last change made of it, as in a plain model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const clock = manualClock(START)
        await using port = openMemory({ clock })
        const seen = new Set<string>()
        const fired: number[] = []
        // When it is due, and the latest event that changed it.
        let due: number | undefined
        let last = 0
        for (const one of steps) {
          if (one.kind === 'wait') {
            clock.advance(one.time)
            continue
          }
          if (one.kind === 'fire') {
            const isDue = due !== undefined && due <= clock.now()
            if (isDue) fired.push(due as number)
            const { kind } = await fireTimer(port, clock, timerStream(ref(KEY)), 0)
            expect(kind).toBe(isDue ? 'fired' : due === undefined ? 'none' : 'later')
            if (isDue) due = undefined
            continue
          }
          const origin = originOf(one)
          const counts = one.cause >= last && !seen.has(origin.eventId)
          if (one.kind === 'schedule') {
            const at = START + one.cause * 3 + one.after
            await scheduleTimer(port, timerAt(KEY, at), origin)
            if (counts) due = at
          } else {
            const isCancelled = await cancelTimer(port, ref(KEY), origin)
            if (counts) expect(isCancelled).toBe(due !== undefined)
            if (counts) due = undefined
          }
          if (counts) {
            seen.add(origin.eventId)
            last = one.cause
          }
        }
        const events = await eventsOf(port, KEY)
        const firings = events.filter(({ eventType }) => eventType === TIMER_FIRED)
        expect(firings.map(({ eventData }) => Date.parse(String(eventData.at)))).toEqual(fired)
        expect(faultsOf(events)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('either fires or is cancelled, whatever happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { maxLength: 6 }),
        fc.infiniteStream(fc.nat(3)),
        async (rounds, turns) => {
          const clock = manualClock(START)
          const next = turns[Symbol.iterator]()
          const turn = async () => {
            for (let left = next.next().value as number; left > 0; left--) await Promise.resolve()
          }
          await using port = openMemory({ clock, turn })
          const cancelled = new Set<string>()
          for (const round of rounds) {
            const work = round.map(async (one) => {
              if (one.kind === 'wait') clock.advance(one.time)
              else if (one.kind === 'fire') await fireTimer(port, clock, timerStream(ref(KEY)), 0)
              else if (one.kind === 'schedule')
                await scheduleTimer(port, timerAt(KEY, START + one.after), { eventId: `schedule ${one.cause}` })
              else if (await cancelTimer(port, ref(KEY), { eventId: `cancel ${one.cause}` }))
                cancelled.add(`cancel ${one.cause}`)
            })
            await Promise.all(work)
          }
          const events = await eventsOf(port, KEY)
          expect(faultsOf(events)).toEqual([])
          const ids = events.map(({ metadata }) => metadata.eventId)
          expect(new Set(ids).size).toBe(ids.length)
          // From outside, only what is pending is cancelled.
          const types = typesOf(events)
          for (const [i, type] of types.entries())
            if (type === TIMER_CANCELLED) expect(types[i - 1]).toBe(TIMER_SCHEDULED)
          expect(new Set(ids.filter((_, i) => types[i] === TIMER_CANCELLED))).toEqual(cancelled)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is not scheduled by a late call for an earlier event than the one that cancelled it', async () => {
    await using port = openMemory()
    await cancelTimer(port, ref(KEY), { eventId: 'b', cause: { streamId: KEY, version: 2 } })
    await scheduleTimer(port, timerAt(KEY, START), { eventId: 'a', cause: { streamId: KEY, version: 1 } })
    expect(typesOf(await eventsOf(port, KEY))).toEqual([TIMER_CANCELLED])
    // An event of another stream is neither earlier nor later.
    await scheduleTimer(port, timerAt(KEY, START), { eventId: 'c', cause: { streamId: 'meter:2', version: 1 } })
    expect(typesOf(await eventsOf(port, KEY))).toEqual([TIMER_CANCELLED, TIMER_SCHEDULED])
  })

  it('keeps the first time when a handler that is called again computes another one', async () => {
    await using port = openMemory()
    await scheduleTimer(port, timerAt(KEY, START), { eventId: 'a' })
    await scheduleTimer(port, timerAt(KEY, START + 1), { eventId: 'a' })
    expect((await eventsOf(port, KEY)).map(({ eventData }) => eventData.at)).toEqual([new Date(START).toISOString()])
  })

  it('leaves no event when something that is not pending is cancelled from outside', async () => {
    await using port = openMemory()
    expect(await cancelTimer(port, ref(KEY), { eventId: 'a' })).toBe(false)
    expect(await eventsOf(port, KEY)).toEqual([])
  })

  it('does not fire by what a lagging replica shows', async () => {
    await using port = openMemory()
    const fired = fireTimer(port, manualClock(START), timerStream(ref(KEY)), 1)
    await expect(fired).rejects.toMatchObject({ code: 'StorageUnavailable' })
  })
})

it('a repeated cancellation says of a timer that had fired what the first one said', async () => {
  const clock = manualClock(Date.UTC(2026, 0, 1))
  await using port = openMemory({ clock })
  await scheduleTimer(port, timerAt('k', clock.now()), { eventId: 'a', cause: { streamId: 'k', version: 1 } })
  const origin = { eventId: 'b', cause: { streamId: 'k', version: 2 } }
  await fireTimer(port, clock, timerStream(ref('k')), 0)
  expect([await cancelTimer(port, ref('k'), origin), await cancelTimer(port, ref('k'), origin)]).toEqual([false, false])
})
