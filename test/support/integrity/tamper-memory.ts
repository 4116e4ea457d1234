import { TOMBSTONE } from '../../../src/core/port/event-document.ts'
import type { Block } from '../../../src/integrity/ledger/blocks/block.ts'
import type { MemoryState, StoredAppend, StoredEvent, StoredStream } from '../../../src/testing/memory/state.ts'

/** A way to tamper with a database in memory. */
export type Tampering = {
  readonly name: string
  /** Whether it only moves events, which is not visible if they are found by stream. */
  readonly onlyMoves?: boolean
  /** Does it. @param pick chooses a number below a limit @returns what should be found, or undefined if it was not possible */
  apply(state: MemoryState, pick: (limit: number) => number): readonly string[] | undefined
}

type Sealed = { readonly stream: StoredStream; readonly version: number; readonly event: StoredEvent }

const blockKeys = (state: MemoryState) => [...state.views.keys()].filter((key) => /^\$chain:1:\d+$/.test(key))

const blockOf = (state: MemoryState, key: string): Block => JSON.parse(state.views.get(key)?.json as string).content

/** The sealed events that the database still has. */
function sealedEvents(state: MemoryState): Sealed[] {
  return blockKeys(state)
    .flatMap((key) => blockOf(state, key).body.places)
    .flatMap(([id, version]) => {
      const stream = state.streams.get(id)
      const event = stream?.events[version - 1]
      return stream && event && event.appendId !== '$husk' ? [{ stream, version, event }] : []
    })
}

const isTombstone = ({ event }: Sealed) => event.json.includes(TOMBSTONE)

const eventTampering = (
  name: string,
  code: string,
  change: (sealed: Sealed, state: MemoryState) => boolean | undefined,
  isEligible: (sealed: Sealed) => boolean = () => true,
): Tampering => ({
  name,
  onlyMoves: /hide|swap|insert/.test(name),
  apply(state, pick) {
    const events = sealedEvents(state).filter(isEligible)
    const sealed = events[pick(events.length)]
    if (sealed === undefined || change(sealed, state) === false) return undefined
    return code.split('|')
  },
})

const blockTampering = (
  name: string,
  code: string,
  change: (block: Block, n: number) => boolean | undefined,
): Tampering => ({
  name,
  apply(state, pick) {
    const keys = blockKeys(state)
    const key = keys[pick(keys.length)]
    if (key === undefined) return undefined
    const stored = state.views.get(key) as NonNullable<ReturnType<MemoryState['views']['get']>>
    const document = JSON.parse(stored.json)
    if (change(document.content, Number(key.split(':')[2])) === false) return undefined
    state.views.set(key, { ...stored, json: JSON.stringify(document) })
    return code.split('|')
  },
})

const put = ({ stream, version, event }: Sealed, change: Partial<StoredEvent>) => {
  stream.events[version - 1] = { ...event, ...change }
}

const appendsOf = (state: MemoryState, { stream, version }: Sealed) => {
  const partition = state.partitions.find(({ min, max }) => stream.hash >= min && stream.hash < max)
  const appends = partition?.appends as StoredAppend[]
  const index = appends.findIndex((one) => one.streamId === stream.id && one.first <= version && one.last >= version)
  return { appends, index }
}

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> }
const open = (block: Block) => block as Mutable<Block>

export const TAMPERINGS: readonly Tampering[] = [
  eventTampering(
    'change the data of an event',
    'eventChanged',
    (sealed) =>
      put(sealed, {
        json: sealed.event.json.replace('"eventData":{', '"eventData":{"x":1,').replace(',}', '}'),
      }) as undefined,
  ),
  eventTampering(
    'rename an event',
    'eventChanged',
    (sealed) => put(sealed, { json: sealed.event.json.replace('"eventType":"', '"eventType":"x') }) as undefined,
  ),
  eventTampering(
    'remove the salt of an event',
    'saltMissing|eventChanged',
    (sealed) => {
      if (!sealed.event.json.includes('"salt"')) return false
      put(sealed, { json: sealed.event.json.replace(/,"salt":"[^"]*"/, '') })
      return true
      // Of a stream that ended, the salt may have been erased.
    },
    ({ stream }) => !stream.deleted,
  ),
  eventTampering(
    'remove an event',
    'eventMissing',
    ({ stream, version }) => {
      stream.events[version - 1] = null
      return true
    },
    ({ stream }) => !stream.deleted,
  ),
  eventTampering(
    'remove the tombstone of a deleted stream',
    'eventMissing|deletedWithoutTombstone',
    ({ stream, version }) => {
      stream.events[version - 1] = null
      return true
    },
    isTombstone,
  ),
  eventTampering(
    'hide an append from the feed',
    'eventMissing|eventMoved|deletedWithoutTombstone',
    (sealed, state) => {
      const { appends, index } = appendsOf(state, sealed)
      appends.splice(index, 1)
      return true
    },
    (sealed) => !sealed.stream.deleted || isTombstone(sealed),
  ),
  eventTampering('swap the positions of two appends', 'eventMoved|eventMissing|eventExtra', (sealed, state) => {
    const { appends, index } = appendsOf(state, sealed)
    const [a, b] = [appends[index], appends[index + 1]]
    if (a === undefined || b === undefined || a.lsn === b.lsn) return false
    const move = (one: StoredAppend, lsn: number) => {
      const events = state.streams.get(one.streamId)?.events ?? []
      for (let v = one.first; v <= one.last; v++) {
        const event = events[v - 1]
        if (event) events[v - 1] = { ...event, lsn }
      }
      return { ...one, lsn }
    }
    const isLeft = (one: StoredAppend) => {
      const events = state.streams.get(one.streamId)?.events.slice(one.first - 1, one.last) ?? []
      return events.some((event) => event && event.appendId !== '$husk')
    }
    if (!isLeft(a) || !isLeft(b)) return false
    const [x, y] = [move(b, a.lsn), move(a, b.lsn)]
    appends.splice(index, 2, x, y)
    return true
  }),
  eventTampering('insert an event among sealed ones', 'eventExtra', (sealed, state) => {
    const { appends, index } = appendsOf(state, sealed)
    const id = `${sealed.stream.id}:forged`
    const json = JSON.stringify({
      id: `${id}:1`,
      stream: { id, version: 1 },
      eventType: 'Forged',
      eventData: {},
      metadata: { eventId: 'x', recordedAt: new Date().toISOString(), salt: 'x' },
    })
    const event = { json, eventId: 'x', appendId: 'x', lsn: sealed.event.lsn }
    state.streams.set(id, { ...sealed.stream, id, events: [event], versions: new Map([['x', 1]]), deleted: false })
    appends.splice(index, 0, { lsn: sealed.event.lsn, streamId: id, first: 1, last: 1 })
    return true
  }),
  eventTampering(
    'mark a stream as deleted',
    'deletedWithoutTombstone',
    ({ stream }) => {
      stream.deleted = true
      return true
    },
    ({ stream }) => !stream.deleted,
  ),
  eventTampering(
    'mark a deleted stream as not deleted',
    'headWrong|eventMissing',
    ({ stream }) => {
      stream.deleted = false
      return true
    },
    isTombstone,
  ),
  eventTampering('remove a stream and its appends', 'eventMissing', ({ stream }, state) => {
    state.streams.delete(stream.id)
    return true
  }),
  blockTampering('change a leaf', 'rootWrong', (block) => {
    const leaves = Buffer.from(block.body.leaves, 'base64')
    if (leaves.length === 0) return false
    leaves[0] = (leaves[0] as number) ^ 1
    open(block).body.leaves = leaves.toString('base64')
    return true
  }),
  blockTampering('change a place', 'placesWrong', (block) => {
    const place = block.body.places[0] as unknown as [string, number, number]
    place[2]++
    return true
  }),
  blockTampering('change when a block was sealed', 'headerChanged|fork|tileWrong|linkBroken', (block) => {
    open(block).header.at = '2001-01-01T00:00:00.000Z'
    return true
  }),
  blockTampering('change the end of a part', 'partWrong|headerChanged|fork|eventExtra', (block) => {
    const [part] = open(block).header.parts
    if (part === undefined) return false
    part.to.lsn++
    return true
  }),
  blockTampering('break a link', 'linkBroken', (block, n) => {
    if (n === 0) return false
    open(block).header.previous = Buffer.alloc(32).toString('base64')
    return true
  }),
  blockTampering('damage a block', 'blockDamaged', (block) => {
    ;(open(block).header as { v: number }).v = 2
    return true
  }),
  {
    name: 'remove a block',
    apply(state, pick) {
      const keys = blockKeys(state)
      const key = keys[pick(keys.length)]
      if (key === undefined) return undefined
      state.views.delete(key)
      return ['blockMissing', 'rollback']
    },
  },
  {
    name: 'change what is stored of the end of the chain',
    apply(state) {
      const stored = state.views.get('$chain:1:state')
      if (stored === undefined) return undefined
      const document = JSON.parse(stored.json)
      document.content.events++
      state.views.set('$chain:1:state', { ...stored, json: JSON.stringify(document) })
      return ['tileWrong']
    },
  },
]
