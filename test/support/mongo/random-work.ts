import fc from 'fast-check'
import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import { StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import type { AppendResult } from '../../../src/core/port/event-log.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { events } from '../../../src/testing/conformance/support/events.ts'
import type { ManualClock } from '../../../src/testing/manual-clock.ts'

/** A handle as a process of its own has it: with its own client, and a clock that nobody else goes by. */
export type Process = { readonly port: StoragePort; readonly clock: ManualClock }

/** What somebody does with the log; `who` and `twin` are indexes of processes, `stream` one of a stream. */
export type Work =
  | {
      readonly kind: 'append'
      readonly stream: number
      readonly size: number
      readonly expected: ExpectedVersion | 'known'
      /** Who sends the same append at the same time. */
      readonly twin?: number
    }
  | { readonly kind: 'tombstone'; readonly stream: number }
  | { readonly kind: 'erase'; readonly stream: number; readonly limit: number }
  | { readonly kind: 'turn the clock'; readonly by: number }

/** Work that is done one after the other, beside the work of others. */
export type Lane = { readonly who: number; readonly works: readonly Work[] }

export const PROCESSES = 3
const STREAMS = 4

const stream = fc.nat(STREAMS - 1)
const append = fc.record({
  kind: fc.constant('append' as const),
  stream,
  size: fc.integer({ min: 1, max: 4 }),
  expected: fc.constantFrom<ExpectedVersion | 'known'>('known', 'known', 'any', 'any', 'noStream', 'streamExists'),
})
const twins = fc.tuple(append, fc.nat(PROCESSES - 1)).map(([work, twin]) => ({ ...work, twin }))

/** Work of several lanes. */
export const lanes: fc.Arbitrary<readonly Lane[]> = fc.array(
  fc.record<Lane>({
    who: fc.nat(PROCESSES - 1),
    works: fc.array(
      fc.oneof<fc.WeightedArbitrary<Work>[]>(
        { weight: 12, arbitrary: append },
        { weight: 3, arbitrary: twins },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('tombstone' as const), stream }) },
        {
          weight: 2,
          arbitrary: fc.record({ kind: fc.constant('erase' as const), stream, limit: fc.integer({ min: 1, max: 9 }) }),
        },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant('turn the clock' as const),
            by: fc.integer({ min: -5000, max: 5000 }),
          }),
        },
      ),
      { minLength: 3, maxLength: 8 },
    ),
  }),
  { minLength: 3, maxLength: 8 },
)

/** An append that was acknowledged: its stream, and the ids of its events with their versions. */
export type Done = { readonly streamId: string; readonly ids: readonly string[]; readonly version: number }

/** What came of all work. */
export type Record = { readonly done: Done[]; readonly ended: Set<string>; readonly erased: Set<string> }

/**
 * Does the work of a lane.
 *
 * @throws Error for an answer that must not be
 */
export async function work(
  processes: readonly Process[],
  { who, works }: Lane,
  nameOf: (stream: number) => string,
  record: Record,
): Promise<void> {
  const { port, clock } = processes[who] as Process
  const known = new Map<number, number>()
  for (const one of works) {
    if (one.kind === 'turn the clock') clock.advance(one.by)
    else if (one.kind === 'append') {
      const twin = one.twin === undefined ? undefined : processes[one.twin]?.port
      const version = await appendOnce(port, twin, nameOf(one.stream), one, known.get(one.stream) ?? 0, record)
      if (version !== undefined) known.set(one.stream, version)
    } else if (one.kind === 'tombstone') await end(port, nameOf(one.stream), record)
    else await erase(port, nameOf(one.stream), one.limit, record)
  }
}

async function appendOnce(
  port: StoragePort,
  twin: StoragePort | undefined,
  streamId: string,
  { size, expected }: Extract<Work, { kind: 'append' }>,
  known: number,
  { done, ended }: Record,
): Promise<number | undefined> {
  const own = events(size)
  const expectedVersion = expected === 'known' ? known : expected
  const senders = twin === undefined ? [port] : [port, twin]
  const answers = await Promise.allSettled(
    senders.map((sender) => sender.events.append(streamId, own, { expectedVersion })),
  )
  const results: AppendResult[] = []
  const refusals: unknown[] = []
  for (const answer of answers) {
    if (answer.status === 'fulfilled') results.push(answer.value)
    else refusals.push(answer.reason)
  }
  const isAllowed = (error: unknown) => error instanceof WrongExpectedVersion || error instanceof StreamDeleted
  const wrong = refusals.find((error) => !isAllowed(error))
  if (wrong !== undefined) throw wrong
  if (refusals.some((error) => error instanceof StreamDeleted) && !ended.has(streamId)) throw refusals[0]
  const [first] = results
  if (first === undefined) {
    return refusals.find((error) => error instanceof WrongExpectedVersion)?.actual
  }
  if (results.filter(({ duplicate }) => !duplicate).length !== 1) throw new Error(`not written once: ${streamId}`)
  if (results.some(({ version }) => version !== first.version)) throw new Error(`two versions in ${streamId}`)
  // A stream may come to exist between the two.
  const isConflict = refusals.some((error) => error instanceof WrongExpectedVersion)
  if (isConflict && expected !== 'streamExists') throw refusals[0]
  done.push({ streamId, ids: own.map(({ metadata }) => metadata.eventId), version: first.version })
  return first.version
}

async function end({ events }: StoragePort, streamId: string, { ended }: Record): Promise<void> {
  // From now on it may be.
  ended.add(streamId)
  const eventId = `end of ${streamId}`
  try {
    await events.tombstone(streamId, { metadata: { eventId } }, { expectedVersion: 'any' })
  } catch (error) {
    if (!(error instanceof StreamNotFound)) throw error
  }
}

async function erase({ events }: StoragePort, streamId: string, limit: number, { erased }: Record): Promise<void> {
  erased.add(streamId)
  try {
    await events.erase(streamId, { limit })
  } catch (error) {
    if (!(error instanceof StreamNotFound)) throw error
  }
}
