import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EventSchemaTooNew, IncarnationMismatch, LogDiverged } from '../../../src/core/errors/feed.ts'
import { HandlerFailed, ViewParked } from '../../../src/core/errors/view.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { FeedEvent } from '../../../src/core/port/change-feed.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import type { HashInterval } from '../../../src/core/positions/hash-interval.ts'
import { eventMark } from '../../../src/core/positions/log-identity.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { itemsByKey } from '../../../src/projections/events-by-key.ts'
import { foldView } from '../../../src/projections/fold.ts'
import type { FoldItem } from '../../../src/projections/fold-item.ts'

const events = defineEvents({ Noted: z.object({ by: z.string() }), Gone: z.object({}), Ignored: z.object({}) })
const left: HashInterval = { min: '', max: '80' }
const right: HashInterval = { min: '80', max: 'FF' }
const life = { incarnation: 'life', bytesPerView: 2_000_000 }
const NOW = '2026-01-01T00:00:00.000Z'

const notes = defineProjection('notes', {
  events,
  key: () => 'all',
  initial: () => ({ seen: [] as readonly string[] }),
  on: {
    Noted: ({ seen }, { streamId, version }) => ({ seen: [...seen, `${streamId}@${version}`] }),
    Gone: () => null,
  },
  deleted: { key: () => 'all', fold: () => null },
})

/** An event of a stream whose hash is the part of its id after the colon. */
function given(streamId: string, version: number, lsn: number, eventType = 'Noted', schemaVersion?: number): FeedEvent {
  const hash = streamId.slice(2)
  return {
    event: {
      id: `${streamId}:${version}`,
      stream: { id: streamId, version },
      eventType,
      eventData: { by: 'me' },
      metadata: { eventId: `${streamId}:${version}`, recordedAt: NOW, ...(schemaVersion && { schemaVersion }) },
    },
    position: { lsn, hash, version },
    range: hash < '80' ? left : right,
    appendId: `${lsn}`,
  }
}

const itemsOf = async (page: readonly FeedEvent[]): Promise<readonly FoldItem[]> =>
  (await itemsByKey(notes, page)).get('all') ?? []

async function fold(stored: ViewDocument | undefined, page: readonly FeedEvent[]) {
  const { document, failure } = foldView(notes, 'all', stored, await itemsOf(page), life)
  if (failure) throw failure.error
  return document ?? stored
}

const seen = (document: ViewDocument | undefined) => document?.data?.seen

describe('folding a page into a view', () => {
  it('folds all events of one append, which share an LSN', async () => {
    const document = await fold(undefined, [given('s:10', 1, 5), given('s:10', 2, 5), given('s:20', 1, 5)])
    expect(seen(document)).toEqual(['s:10@1', 's:10@2', 's:20@1'])
    expect(document?.tidemarks).toEqual([{ ...left, lsn: 5, hash: '20', version: 1, event: eventMark('s:20:1') }])
  })

  it('stops where another event lies at a tidemark, because the log was restored and grew again', async () => {
    const document = await fold(undefined, [given('s:10', 1, 5)])
    const again = given('s:10', 1, 5)
    const other = { ...again, event: { ...again.event, metadata: { ...again.event.metadata, eventId: 'other' } } }
    await expect(fold(document, [other, given('s:10', 2, 6)])).rejects.toThrow(LogDiverged)
    const unmarked = { ...document, tidemarks: [{ ...left, lsn: 5, hash: '10', version: 1 }] } as ViewDocument
    expect(seen(await fold(unmarked, [other, given('s:10', 2, 6)])), 'an older tidemark').toHaveLength(2)
  })

  it('goes on inside an LSN that was folded in part', async () => {
    const part = await fold(undefined, [given('s:10', 1, 5)])
    expect(seen(await fold(part, [given('s:10', 1, 5), given('s:10', 2, 5), given('s:20', 1, 5)]))).toEqual([
      's:10@1',
      's:10@2',
      's:20@1',
    ])
  })

  it('changes nothing when a page comes again, and saves nothing', async () => {
    const page = [given('s:10', 1, 1), given('s:90', 1, 1), given('s:10', 2, 2)]
    const document = await fold(undefined, page)
    expect(foldView(notes, 'all', document, await itemsOf(page), life)).toEqual({ folded: 0 })
  })

  it('keeps one tidemark a range', async () => {
    const document = await fold(undefined, [given('s:10', 1, 100), given('s:90', 1, 3)])
    expect(seen(document)).toEqual(['s:10@1', 's:90@1'])
    expect(seen(await fold(document, [given('s:90', 2, 4)]))).toEqual(['s:10@1', 's:90@1', 's:90@2'])
  })

  it('would lose events with one LSN a view, as soon as there are two ranges', async () => {
    // Deliberately wrong: what this does is what tidemarks are for.
    const wrong = { lsn: 0, seen: [] as string[] }
    const page = [given('s:10', 1, 100), given('s:90', 1, 3), given('s:90', 2, 4)]
    for (const { event, position } of page) {
      if (position.lsn <= wrong.lsn) continue
      wrong.seen.push(`${event.stream.id}@${event.stream.version}`)
      wrong.lsn = position.lsn
    }
    expect(wrong.seen).toEqual(['s:10@1'])
    expect(seen(await fold(undefined, page))).toEqual(['s:10@1', 's:90@1', 's:90@2'])
  })

  it('keeps the document of a view that is gone, so that its events do not bring it back', async () => {
    const page = [given('s:10', 1, 1), given('s:10', 2, 2, 'Gone')]
    const gone = await fold(undefined, page)
    expect(gone).toMatchObject({ data: null, tidemarks: [{ lsn: 2 }] })
    expect(foldView(notes, 'all', gone, await itemsOf(page), life).document).toBeUndefined()
    expect(seen(await fold(gone, [given('s:10', 3, 3)]))).toEqual(['s:10@3'])
  })

  it('folds a tombstone', async () => {
    const document = await fold(undefined, [given('s:10', 1, 1), given('s:10', 2, 2, '$tombstone')])
    expect(document?.data).toBeNull()
  })

  it('passes over events without a handler, and the notes of others', async () => {
    expect(await itemsOf([given('s:10', 1, 1, 'Ignored'), given('s:10', 2, 2, '$periodOpened')])).toEqual([])
    expect(await itemsOf([given('s:10', 1, 1, 'Unheard')])).toEqual([])
  })

  it('keeps unknown fields of the document', async () => {
    const document = { ...((await fold(undefined, [given('s:10', 1, 1)])) as ViewDocument), note: { of: 'another' } }
    expect(await fold(document, [given('s:10', 2, 2)])).toMatchObject({ note: { of: 'another' } })
  })

  it('refuses views of another life of the log', async () => {
    const document = (await fold(undefined, [given('s:10', 1, 1)])) as ViewDocument
    const items = await itemsOf([given('s:10', 2, 2)])
    expect(() => foldView(notes, 'all', document, items, { ...life, incarnation: 'another' })).toThrow(
      IncarnationMismatch,
    )
  })

  it('does not fold past a parked mark', async () => {
    const document = { ...((await fold(undefined, [given('s:10', 1, 1)])) as ViewDocument), parked: {} }
    await expect(fold(document, [given('s:10', 2, 2)])).rejects.toThrow(ViewParked)
    expect(await fold(document, [given('s:10', 1, 1)])).toBe(document)
  })

  it('stops at an event of a newer schema than the code knows', async () => {
    await expect(fold(undefined, [given('s:10', 1, 1, 'Noted', 2)])).rejects.toThrow(EventSchemaTooNew)
  })

  it('says which handler failed at which event', async () => {
    const cause = new Error('no luck')
    const failing = defineProjection('failing', {
      events,
      key: ({ type }) => {
        if (type === 'Gone') throw cause
        return 'k'
      },
      initial: () => ({}),
      on: {
        Noted: () => {
          throw cause
        },
        Gone: () => null,
        Ignored: () => ({ at: new Date() }) as never,
      },
    })
    const one = async (type: string) =>
      foldView(failing, 'k', undefined, (await itemsByKey(failing, [given('s:10', 1, 1, type)])).get('k') ?? [], life)
    const failure = { error: { key: 'k', streamId: 's:10', version: 1, cause }, event: { version: 1 } }
    expect(await one('Noted')).toMatchObject({ folded: 0, failure })
    await expect(one('Gone')).rejects.toMatchObject({ key: null, streamId: 's:10', version: 1, cause })
    expect((await one('Ignored')).failure?.error).toBeInstanceOf(HandlerFailed)
  })

  it('gives handlers nothing that they could spoil for others', async () => {
    const spoiling = defineProjection('spoiling', {
      events,
      key: () => ['a', 'b'],
      initial: () => ({ by: '' }),
      on: {
        Noted: (view, { data }) => {
          data.by = 'spoilt'
          return view
        },
      },
    })
    const page = [given('s:10', 1, 1)]
    const items = (await itemsByKey(spoiling, page)).get('a') ?? []
    expect(foldView(spoiling, 'a', undefined, items, life).failure?.error).toBeInstanceOf(HandlerFailed)
    expect(page[0]?.event.eventData).toEqual({ by: 'me' })
  })

  it('comes to the plain fold whatever pages come in whatever repetition', async () => {
    const feed = [left, right].map((range) =>
      Array.from({ length: 12 }, (_, i) =>
        given(range === left ? `s:${10 + (i % 3)}` : `s:${90 + (i % 2)}`, i, i >> 1),
      ),
    )
    const ordered = feed.map((range) =>
      range.sort(
        (a, b) =>
          a.position.lsn - b.position.lsn ||
          (a.position.hash < b.position.hash ? -1 : a.position.hash > b.position.hash ? 1 : 0) ||
          a.position.version - b.position.version,
      ),
    )
    const step = fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 12 }), fc.integer({ min: 1, max: 12 }))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const reached = [0, 0]
        let document: ViewDocument | undefined
        for (const [range, from, size] of [...steps, [0, 0, 12], [1, 0, 12]] as const) {
          // A page never begins past what was read: that is what the feed promises.
          const begin = Math.min(from, reached[range] as number)
          document = await fold(document, (ordered[range] as FeedEvent[]).slice(begin, begin + size))
          reached[range] = Math.max(reached[range] as number, begin + size)
        }
        const expected = ordered.flat().map(({ event }) => `${event.stream.id}@${event.stream.version}`)
        expect([...(seen(document) as string[])].sort()).toEqual(expected.sort())
      }),
    )
  })
})
