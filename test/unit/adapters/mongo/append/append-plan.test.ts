import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AppendItem, Head, KnownEvent, Outcome } from '../../../../../src/adapters/mongo/append/items.ts'
import { NO_STREAM } from '../../../../../src/adapters/mongo/append/items.ts'
import { type Plan, planGroup } from '../../../../../src/adapters/mongo/append/plan.ts'
import type { ExpectedVersion } from '../../../../../src/core/append/expected-version.ts'
import { TidemarkError } from '../../../../../src/core/errors/base.ts'
import type { EventLog } from '../../../../../src/core/port/event-log.ts'
import { placeOf } from '../../../../../src/core/positions/stream-slot.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'

type Call = {
  readonly kind: 'append' | 'tombstone'
  readonly streamId: string
  readonly ids: readonly string[]
  readonly content: number
  readonly expected: ExpectedVersion
}

const call = fc.record<Call>({
  kind: fc.constantFrom('append', 'append', 'append', 'append', 'append', 'tombstone'),
  streamId: fc.constantFrom('a:1', 'a:2'),
  ids: fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's', 't', 'u'), { minLength: 1, maxLength: 3 }),
  content: fc.constantFrom(0, 0, 0, 1),
  expected: fc.constantFrom<ExpectedVersion>('any', 'any', 'streamExists', 'noStream', 0, 1, 2, 3, 4),
})

const dataOf = ({ content }: Call, id: string) => ({ id, content })

function itemOf(call: Call, appendId: string): AppendItem {
  const ids = call.kind === 'tombstone' ? call.ids.slice(0, 1) : call.ids
  const events = ids.map((eventId) => ({
    eventId,
    type: call.kind === 'tombstone' ? '$tombstone' : 'Happened',
    data: JSON.stringify(call.kind === 'tombstone' ? {} : dataOf(call, eventId)),
    metadata: JSON.stringify({ eventId }),
  }))
  const { kind, streamId, expected } = call
  const now = '2026-01-01T00:00:00.000Z'
  return { kind, streamId, place: placeOf(streamId, 1), expected, now, appendId, events, bytes: 0 }
}

/** What a database holds: the heads, and the events by stream and id. */
type Held = { readonly heads: Map<string, Head>; readonly events: Map<string, Map<string, KnownEvent>> }

/** Writes a group as an adapter does, with a unique index of event ids that refuses what is known. */
function write({ heads, events }: Held, items: readonly AppendItem[], careful: boolean): readonly Outcome[] {
  const headOf = new Map(items.map(({ streamId }) => [streamId, heads.get(streamId) ?? NO_STREAM]))
  const lookUp = (ids: Iterable<string>) => new Map([...ids].map((id) => [id, events.get(id) ?? new Map()] as const))
  const first = planGroup(items, headOf, new Map())
  const plan = planGroup(items, headOf, lookUp(careful ? headOf.keys() : first.unsure))
  if (plan.writes.some(({ item }) => item.events.some(({ eventId }) => events.get(item.streamId)?.has(eventId)))) {
    expect(careful, 'what was looked up is not written again').toBe(false)
    return write({ heads, events }, items, true)
  }
  apply({ heads, events }, plan)
  expect(plan.unsure.size).toBe(0)
  return plan.outcomes as readonly Outcome[]
}

function apply({ heads, events }: Held, { moves, writes }: Plan): void {
  for (const [streamId, { from, to }] of moves) {
    expect(heads.get(streamId) ?? NO_STREAM).toEqual(from)
    heads.set(streamId, to)
  }
  for (const { item, behind } of writes) {
    const known = events.get(item.streamId) ?? new Map()
    events.set(item.streamId, known)
    for (const [i, { eventId, type, data }] of item.events.entries()) {
      known.set(eventId, { version: behind + 1 + i, appendId: item.appendId, type, data: () => JSON.parse(data) })
    }
  }
}

async function alone(log: EventLog, call: Call): Promise<Outcome | string> {
  const options = { expectedVersion: call.expected }
  const metadata = (eventId: string) => ({ metadata: { eventId } })
  try {
    const { version, duplicate } =
      call.kind === 'tombstone'
        ? await log.tombstone(call.streamId, metadata(call.ids[0] as string), options)
        : await log.append(
            call.streamId,
            call.ids.map((id) => ({ eventType: 'Happened', eventData: dataOf(call, id), ...metadata(id) })),
            options,
          )
    return { kind: duplicate ? 'duplicate' : 'appended', version }
  } catch (error) {
    return error instanceof TidemarkError ? error.code : String(error)
  }
}

const CODES: Readonly<Record<string, string>> = {
  conflict: 'WrongExpectedVersion',
  reused: 'EventIdReused',
  deleted: 'StreamDeleted',
  absent: 'StreamNotFound',
}

describe('planGroup', () => {
  it('gives each append of a group the verdict that it would get alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(call, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), async (groups) => {
        const memory = openMemory({ ranges: 1 })
        const held: Held = { heads: new Map(), events: new Map() }
        for (const [g, group] of groups.entries()) {
          const outcomes = write(
            held,
            group.map((one, i) => itemOf(one, `${g}-${i}`)),
            false,
          )
          for (const [i, one] of group.entries()) {
            const outcome = outcomes[i] as Outcome
            expect(CODES[outcome.kind] ?? outcome).toEqual(await alone(memory.events, one))
          }
        }
        await memory.close()
      }),
      { numRuns: 500 },
    )
  })

  it('knows an append whose answer was lost from another one with the same ids', () => {
    const held: Held = { heads: new Map(), events: new Map() }
    const first = itemOf({ kind: 'append', streamId: 'a:1', ids: ['p'], content: 0, expected: 'any' }, 'first')
    expect(write(held, [first], false)).toEqual([{ kind: 'appended', version: 1 }])
    expect(write(held, [first], true)).toEqual([{ kind: 'appended', version: 1 }])
    expect(write(held, [{ ...first, appendId: 'second' }], true)).toEqual([{ kind: 'duplicate', version: 1 }])
  })
})
