import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HandlerFailed } from '../../../../src/core/errors/view.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { fullInterval } from '../../../../src/core/positions/hash-interval.ts'
import { eventMark } from '../../../../src/core/positions/log-identity.ts'
import type { FoldItem } from '../../../../src/projections/fold-item.ts'
import { parkedMark, type WaitingRef } from '../../../../src/projections/parking/parked-mark.ts'
import { roomOf } from '../../../../src/projections/parking/size-budget.ts'
import {
  type Chunk,
  dequeue,
  enqueue,
  headChunk,
  park,
  unparked,
} from '../../../../src/projections/parking/waiting-queue.ts'

const room = { view: 2_000, tail: 60, message: 20 }
const empty: ViewDocument = {
  id: 'p:1:k',
  projection: 'p',
  version: 1,
  key: 'k',
  data: { kept: true },
  incarnation: 'life',
  tidemarks: [],
}

const item = (lsn: number): FoldItem => ({
  event: {
    type: 'Noted',
    streamId: 's:1',
    version: lsn,
    data: {},
    metadata: { eventId: `${lsn}`, recordedAt: '2026-01-01T00:00:00.000Z' },
  },
  position: { lsn, hash: '10', version: lsn },
  range: fullInterval,
})

const parkAt = (lsn: number, message = 'no luck') =>
  park(empty, [item(lsn)], { id: 'one', since: 'now', attempts: 5, error: new Error(message) }, room)

/** A queue with the documents of its chunks, and somebody who is always too late. */
function createModel() {
  const chunks = new Map<number, readonly WaitingRef[]>()
  let view = parkAt(1)
  const past: ViewDocument[] = [view]
  let lsn = 1
  const write = ({ number, refs }: Chunk) => {
    if (!chunks.has(number)) chunks.set(number, refs)
  }
  return {
    chunks,
    get view() {
      return view
    },
    /** Lets events wait that come in one page, together with some that came before. */
    add(count: number, again: number) {
      const items = Array.from({ length: count + again }, (_, i) => item(Math.max(1, lsn - again + 1) + i))
      lsn = Math.max(lsn, items.at(-1)?.position.lsn ?? 0)
      for (;;) {
        const next = enqueue(view, items, room)
        if (next === undefined) return
        if (next.spilt) write(next.spilt)
        view = next.view
        past.push(view)
      }
    },
    /** A worker with an old idea of the view writes its chunk, and then cannot save the view. */
    late(back: number) {
      const old = past.at(-1 - (back % past.length)) as ViewDocument
      const next = parkedMark(old) && enqueue(old, [item(lsn + 100)], room)
      if (next?.spilt) write(next.spilt)
    },
    take(count: number): number {
      const mark = parkedMark(view)
      if (mark === undefined) return 0
      const number = headChunk(mark)
      const refs = number === undefined ? mark.tail : (chunks.get(number) ?? []).slice(mark.taken)
      const after =
        number === undefined ? undefined : number + 1 < mark.next ? chunks.get(number + 1)?.[0] : mark.tail[0]
      const done = Math.min(count, refs.length)
      view = dequeue(view, refs, done, after, undefined, room)
      past.push(view)
      return done
    },
    waiting(): number[] {
      const mark = parkedMark(view)
      if (mark === undefined) return []
      const refs: WaitingRef[] = []
      for (let number = mark.first; number < mark.next; number++) {
        refs.push(...(chunks.get(number) ?? []).slice(number === mark.first ? mark.taken : 0))
      }
      return [...refs, ...mark.tail].map(([, version]) => version)
    },
    last: () => lsn,
  }
}

describe('the queue of a parked view', () => {
  it('gives what waits once and in order, whatever comes again and whoever is late', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), count: fc.nat({ max: 7 }), again: fc.nat({ max: 5 }) }),
      fc.record({ kind: fc.constant('take' as const), count: fc.nat({ max: 3 }) }),
      fc.record({ kind: fc.constant('late' as const), back: fc.nat({ max: 6 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const model = createModel()
        let done = 0
        for (const step of steps) {
          if (parkedMark(model.view) === undefined) break
          if (step.kind === 'add') model.add(step.count, step.again)
          else if (step.kind === 'late') model.late(step.back)
          else done += model.take(step.count)
          const expected = Array.from({ length: model.last() - done }, (_, i) => done + i + 1)
          expect(model.waiting()).toEqual(expected)
          const mark = parkedMark(model.view)
          expect(mark?.waiting ?? 0).toBe(expected.length)
          if (mark) expect(mark.event.version).toBe(done + 1)
          else expect(model.view.tidemarks).toMatchObject([{ lsn: model.last() }])
          // The tail is full when it is over its bound; no reference is larger than this.
          expect(JSON.stringify(mark?.tail ?? []).length).toBeLessThanOrEqual(room.tail + 25)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('leaves tidemarks and data alone until nothing waits', () => {
    const model = createModel()
    model.add(30, 0)
    expect(model.view).toMatchObject({ data: { kept: true }, tidemarks: [], parked: { waiting: 31 } })
    expect(model.chunks.size).toBeGreaterThan(1)
    expect(unparked(model.view)).toEqual({
      ...empty,
      tidemarks: [{ ...fullInterval, lsn: 31, hash: '10', version: 31, event: eventMark('31') }],
    })
  })

  it('keeps the error, shortened, and how often its event was tried', () => {
    expect(parkedMark(parkAt(7, 'a'.repeat(100)))).toMatchObject({
      attempts: 5,
      error: { code: 'Error', message: `${'a'.repeat(19)}…` },
      event: { streamId: 's:1', version: 7, lsn: 7, hash: '10' },
      waiting: 1,
    })
    const cause = new RangeError('no')
    const error = new HandlerFailed('p', 'k', item(1).event, { cause })
    const again = dequeue(parkAt(1), [['s:1', 1, 1, '10']], 0, undefined, { attempts: 6, error }, room)
    expect(parkedMark(again)).toMatchObject({ attempts: 6, error: { code: 'HandlerFailed' }, waiting: 1 })
  })

  it('has its room left free by the view', () => {
    expect(roomOf(2_000_000, 1)).toEqual({ view: 1_983_416, tail: 8_192, message: 1_024 })
    expect(roomOf(2_000_000, 2_048)).toEqual({ view: 1_574_016, tail: 8_192, message: 1_024 })
    expect(roomOf(4_000, 1)).toEqual({ view: 2_800, tail: 500, message: 62 })
    expect(roomOf(4_000, 500)).toEqual({ view: 1_000, tail: 500, message: 62 })
  })
})
