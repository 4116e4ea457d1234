import assert from 'node:assert/strict'
import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import type { NewEventDocument } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { ConformanceCase, ConformanceContext } from '../case.ts'
import { eraseWhole, event } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { follow } from '../support/feed.ts'

// The rules of append, as a table. The stream contains e1 e2 e3, written by one append, and e4 e5, written by a second
// one; it is at version 5. A row gives the events to append, and the result under each expected version: +  appended
// dup n  a duplicate whose last event is at n    !  WrongExpectedVersion    ≠  EventIdReused If a stream is absent, it
// is at version 0; if it has a tombstone, everything fails with StreamDeleted.

const EXPECTED: readonly ExpectedVersion[] = [0, 'noStream', 1, 2, 3, 4, 5, 6, 'streamExists', 'any']

type Row = { readonly what: string; readonly events: readonly NewEventDocument[]; readonly outcomes: string }

const one = (id: string) => event(id, { of: id, size: 1 })
const named = (...ids: readonly string[]) => ids.map(one)
const changed = (id: string) => event(id, { of: id, size: 2 })
const reordered = (id: string) => event(id, { size: 1, of: id })

const PRESENT: readonly Row[] = [
  //                                                                    0  no  1  2  3  4  5  6  exists  any
  row('new', named('n1', 'n2'), '                                       !  !   !  !  !  !  +  !  +       +'),
  row('a new one', named('n1'), '                                       !  !   !  !  !  !  +  !  +       +'),
  row('exact repeat', named('e4', 'e5'), '                              !  !   !  !  5  !  !  !  5       5'),
  row('exact repeat after others', named('e1', 'e2', 'e3'), '           3  3   !  !  !  !  !  !  3       3'),
  row('repeat of a prefix', named('e1', 'e2'), '                        2  2   !  !  !  !  !  !  2       2'),
  row('repeat of a suffix', named('e2', 'e3'), '                        !  !   3  !  !  !  !  !  3       3'),
  row('repeat of the last one', named('e5'), '                          !  !   !  !  !  5  !  !  5       5'),
  row('repeat across two appends', named('e3', 'e4'), '                 !  !   !  4  !  !  !  !  4       4'),
  row('repeat of all', named('e1', 'e2', 'e3', 'e4', 'e5'), '           5  5   !  !  !  !  !  !  5       5'),
  row('repeat, then new', named('e4', 'e5', 'n1'), '                    !  !   !  !  !  !  !  !  !       !'),
  row('new, then repeat', named('n1', 'e4'), '                          !  !   !  !  !  !  !  !  !       !'),
  row('new amid repeats', named('e4', 'n1', 'e5'), '                    !  !   !  !  !  !  !  !  !       !'),
  row('repeat in another order', named('e5', 'e4'), '                   !  !   !  !  !  !  !  !  !       !'),
  row('repeat turned round', named('e2', 'e3', 'e1'), '                 !  !   !  !  !  !  !  !  !       !'),
  row('repeat with a gap', named('e1', 'e3'), '                         !  !   !  !  !  !  !  !  !       !'),
  row('other data', [changed('e4'), one('e5')], '                       !  !   !  !  ≠  !  !  !  ≠       ≠'),
  row('other data in the last', [one('e4'), changed('e5')], '           !  !   !  !  ≠  !  !  !  ≠       ≠'),
  row('another type', [event('e1', { of: 'e1', size: 1 }, 'Other')], '  ≠  ≠   !  !  !  !  !  !  ≠       ≠'),
  row('members in another order', [reordered('e4'), reordered('e5')], ' !  !   !  !  5  !  !  !  5       5'),
  row('other metadata', [withMetadata('e4'), withMetadata('e5')], '     !  !   !  !  5  !  !  !  5       5'),
]

const ABSENT: readonly Row[] = [
  //                                                                    0  no  1  2  3  4  5  6  exists  any
  row('new', named('n1', 'n2'), '                                       +  +   !  !  !  !  !  !  !       +'),
  row('ids of another stream', named('x1', 'x2'), '                     +  +   !  !  !  !  !  !  !       +'),
]

type State = { readonly name: string; readonly rows: readonly Row[]; readonly head: number; prepare: Prepare }
type Prepare = (storage: StoragePort, streamId: string) => Promise<unknown>

const STATES: readonly State[] = [
  {
    name: 'absent',
    rows: ABSENT,
    head: 0,
    prepare: (storage, streamId) =>
      storage.events.append(`${streamId}-other`, named('x1', 'x2'), { expectedVersion: 0 }),
  },
  { name: 'present', rows: PRESENT, head: 5, prepare: write },
  { name: 'tombstoned', rows: deleted(), head: 6, prepare: end },
  {
    name: 'erased half way',
    rows: deleted(),
    head: 6,
    prepare: async (storage, streamId) => {
      await end(storage, streamId)
      assert.deepEqual(await storage.events.erase(streamId, { limit: 1 }), { done: false }, 'four events are left')
    },
  },
  {
    name: 'erased',
    rows: deleted(),
    head: 6,
    prepare: async (storage, streamId) => {
      await end(storage, streamId)
      await eraseWhole(storage, streamId)
    },
  },
]

/** Expected version × state of the stream × what is known of the event ids. */
export const appendMatrix: readonly ConformanceCase[] = STATES.flatMap((state) =>
  state.rows.map((line) => ({
    group: 'append: matrix',
    name: `${state.name} stream, ${line.what}`,
    run: (context: ConformanceContext) => checkRow(context, state, line),
  })),
)

async function checkRow(context: ConformanceContext, state: State, { events, outcomes }: Row): Promise<void> {
  const storage = await context.open()
  const feed = follow(storage)
  await Promise.all(EXPECTED.map((_, column) => state.prepare(storage, `matrix:${column}`)))
  await feed.next()
  for (const [column, outcome] of outcomes.trim().split(/\s+/).entries()) {
    const expectedVersion = EXPECTED[column] as ExpectedVersion
    const streamId = `matrix:${column}`
    const what = `expected version ${expectedVersion}`
    const before = await contents(storage, streamId)
    const append = () => storage.events.append(streamId, events, { expectedVersion })
    let added: readonly NewEventDocument[] = []
    if (outcome === '+') {
      added = events
      const { version, duplicate } = await append()
      assert.deepEqual({ version, duplicate }, { version: state.head + events.length, duplicate: false }, what)
    } else if (outcome === '!') {
      const error = await rejectsWith('WrongExpectedVersion', append, what)
      assert.deepEqual([error.streamId, error.expected, error.actual], [streamId, expectedVersion, state.head], what)
    } else if (outcome === '≠') {
      assert.equal((await rejectsWith('EventIdReused', append, what)).streamId, streamId, what)
    } else if (outcome === 'x') {
      assert.equal((await rejectsWith('StreamDeleted', append, what)).streamId, streamId, what)
    } else {
      const { version, duplicate, position } = await append()
      assert.deepEqual({ version, duplicate }, { version: Number(outcome), duplicate: true }, what)
      assert.equal((await storage.events.locate(position)).length, 1, `${what}: a duplicate has a position`)
    }
    const expectedIds = [...before, ...added.map(({ metadata }) => metadata.eventId)]
    assert.deepEqual(await contents(storage, streamId), expectedIds, `${what}: the stream`)
    const delivered = (await feed.next()).map(({ event: { metadata } }) => metadata.eventId)
    assert.deepEqual(
      delivered,
      added.map(({ metadata }) => metadata.eventId),
      `${what}: the feed`,
    )
  }
}

/** The ids of a stream's events, or the error of reading it. */
async function contents(storage: StoragePort, streamId: string): Promise<string[]> {
  try {
    return (await storage.events.load(streamId)).events.map(({ metadata }) => metadata.eventId)
  } catch (error) {
    return [(error as { code?: string }).code ?? String(error)]
  }
}

async function write(storage: StoragePort, streamId: string): Promise<void> {
  await storage.events.append(streamId, named('e1', 'e2', 'e3'), { expectedVersion: 0 })
  await storage.events.append(streamId, named('e4', 'e5'), { expectedVersion: 3 })
}

async function end(storage: StoragePort, streamId: string): Promise<void> {
  await write(storage, streamId)
  await storage.events.tombstone(streamId, { metadata: { eventId: 'end' } }, { expectedVersion: 5 })
}

function row(what: string, events: readonly NewEventDocument[], outcomes: string): Row {
  return { what, events, outcomes }
}

/** Every row again for a stream that was ended, and one with the tombstone's own id. */
function deleted(): readonly Row[] {
  const outcomes = EXPECTED.map(() => 'x').join(' ')
  return [...PRESENT.map(({ what, events }) => row(what, events, outcomes)), row('its own id', [one('end')], outcomes)]
}

function withMetadata(id: string): NewEventDocument {
  const { metadata, ...rest } = one(id)
  return { ...rest, metadata: { ...metadata, correlationId: 'another try' } }
}
