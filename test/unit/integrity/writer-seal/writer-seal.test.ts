import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { stampEvents } from '../../../../src/core/events/stamp-events.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../../../src/core/port/event-document.ts'
import { sealedBytes } from '../../../../src/integrity/writer-seal/sealed-event.ts'
import { verifyWriterSeal } from '../../../../src/integrity/writer-seal/verify-writer-seal.ts'
import { createWriterKey, readWriterKey, writerKeyOf } from '../../../../src/integrity/writer-seal/writer-key.ts'
import { withWriterSeal, writerSeal } from '../../../../src/integrity/writer-seal/writer-seal.ts'
import { writerVerifier } from '../../../../src/integrity/writer-seal/writer-verifier.ts'
import { wholeFeed } from '../../../../src/testing/conformance/support/feed.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const KINDS = ['hmac', 'ed25519'] as const
const set = defineEvents({ A: z.object({ n: z.number() }), B: z.record(z.string(), z.json()) })

async function keyOf(kind: (typeof KINDS)[number]) {
  const file = join(tempFolder(), 'writer.key')
  const key = await createWriterKey(file, kind)
  return { key, file, verifier: await writerVerifier(key.verifier ?? `hmac:${file}`) }
}

/** An event as it is stored. */
function stored(streamId: string, version: number, { metadata, ...event }: NewEventDocument): EventDocument {
  const recorded = { ...metadata, recordedAt: '2026-01-01T00:00:00.000Z' }
  return JSON.parse(
    JSON.stringify({ id: `${streamId}:${version}`, stream: { id: streamId, version }, ...event, metadata: recorded }),
  )
}

const event = (eventData: JsonObject, eventId = 'x'): NewEventDocument => ({
  eventType: 'A',
  eventData,
  metadata: { eventId, tenant: 't' },
})

describe.each(KINDS)('a seal of the kind %s', (kind) => {
  it('is valid for each event that is appended, also for tombstones, whatever version is expected', async () => {
    const { key, verifier } = await keyOf(kind)
    await using plain = openMemory()
    const storage = withWriterSeal(plain, writerSeal(key))
    const store = eventStore(storage, set)
    const a = set.create('A', { n: 1 })
    await store.append('a:1', [a, set.create('A', { n: 2 })], { expectedVersion: 'noStream' })
    await store.append('a:1', [set.create('B', { deep: [{ x: -0, y: 'ä\n' }] })], { expectedVersion: 2 })
    await store.append('a:1', [set.create('A', { n: 4 })], { expectedVersion: 'any', metadata: { correlationId: 'c' } })
    const before = (await wholeFeed(plain)).map(({ event }) => event)
    await deleteStream(storage, 'a:1', { expectedVersion: 4 })
    await store.append('a:2', [set.create('A', { n: 1 })], { expectedVersion: 'any' })
    await deleteStream(storage, 'a:2')
    const all = [...before, ...(await wholeFeed(plain)).map(({ event }) => event)]
    expect(all.length).toBe(6)
    expect(all.map((one) => verifyWriterSeal(one, [verifier]))).toEqual(all.map(() => 'valid'))
    const places = all.map(({ metadata }) => String(metadata.mac).split(':')[2])
    expect(places).toEqual(['at', 'at', 'at', 'any', 'at', 'any'])
  })

  it('is wrong as soon as anything that it covers is changed, added or removed', async () => {
    const { key, verifier } = await keyOf(kind)
    for (const expected of [6, 'any'] as const) {
      const [stamped] = stampEvents(writerSeal(key), 'a:1', [event({ n: 1, text: 'x' })], expected)
      const good = stored('a:1', 7, stamped as NewEventDocument)
      const { metadata } = good
      const verdict = (change: Partial<EventDocument>) => verifyWriterSeal({ ...good, ...change }, [verifier])
      expect(verdict({})).toBe('valid')
      const changes: readonly Partial<EventDocument>[] = [
        { stream: { id: 'a:2', version: 7 } },
        { eventType: 'B' },
        { eventType: '$tombstone', eventData: {} },
        { eventData: { n: 2, text: 'x' } },
        { eventData: { n: 1 } },
        { eventData: { n: 1, text: 'x', more: null } },
        { eventData: { n: 1, text: '\ud800' } },
        { metadata: { ...metadata, eventId: 'y' } },
        { metadata: { ...metadata, salt: 'other' } },
        { metadata: { ...metadata, tenant: 'u' } },
        { metadata: { ...metadata, more: 1 } },
      ]
      for (const change of changes) expect(verdict(change), JSON.stringify(change)).toBe('wrong')
      const moved = verdict({ stream: { id: 'a:1', version: 8 } })
      expect(moved).toBe(expected === 'any' ? 'valid' : 'wrong')
      // What the storage sets may differ in a copy.
      expect(verdict({ metadata: { ...metadata, recordedAt: '2027-01-01T00:00:00.000Z' } })).toBe('valid')
    }
  })

  it('cannot be said to be of another kind, of another key, or to leave the version open', async () => {
    const { key, verifier } = await keyOf(kind)
    const other = await keyOf(kind)
    const otherKind = await keyOf(kind === 'hmac' ? 'ed25519' : 'hmac')
    const all = [verifier, other.verifier, otherKind.verifier]
    const [stamped] = stampEvents(writerSeal(key), 'a:1', [event({ n: 1 })], 6)
    const good = stored('a:1', 7, stamped as NewEventDocument)
    const [, , , base64] = String(good.metadata.mac).split(':')
    const saying = (mac: string) => verifyWriterSeal({ ...good, metadata: { ...good.metadata, mac } }, all)
    expect(saying(`${kind}:${key.id}:at:${base64}`)).toBe('valid')
    expect(saying(`${kind}:${key.id}:any:${base64}`)).toBe('wrong')
    expect(saying(`${otherKind.key.kind}:${otherKind.key.id}:at:${base64}`)).toBe('wrong')
    expect(saying(`${otherKind.key.kind}:${key.id}:at:${base64}`)).toBe('wrong')
    expect(saying(`${kind}:${other.key.id}:at:${base64}`)).toBe('wrong')
    for (const text of ['', 'x', `${kind}:${key.id}:at:`, `${kind}:${key.id}:at:${base64}A`, ` ${good.metadata.mac}`]) {
      expect(saying(text), text).toBe('wrong')
    }
    // The last letter has bits to spare: the same bytes have no second spelling.
    const last = String(base64).at(-1) as string
    const respelled = String(base64).slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1)
    expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(String(base64), 'base64url'))
    expect(saying(`${kind}:${key.id}:at:${respelled}`)).toBe('wrong')
    expect(verifyWriterSeal(good, [other.verifier])).toBe('wrong')
    expect(verifyWriterSeal(good, [])).toBe('wrong')
    const { mac: _, ...unsealed } = good.metadata
    expect(verifyWriterSeal({ ...good, metadata: unsealed }, all)).toBe('missing')
    for (const mac of [null, 7, {}]) {
      expect(verifyWriterSeal({ ...good, metadata: { ...unsealed, mac } as never }, all)).toBe('wrong')
    }
  })

  it('is of what is stored, even if the caller changes the data afterwards', async () => {
    const { key, verifier } = await keyOf(kind)
    const eventData: { n: number } = { n: 1 }
    const [stamped] = stampEvents(writerSeal(key), 'a:1', [event(eventData)], 0)
    eventData.n = 2
    const document = stored('a:1', 1, stamped as NewEventDocument)
    expect([document.eventData, verifyWriterSeal(document, [verifier])]).toEqual([{ n: 1 }, 'valid'])
  })

  it('is kept in a file that only its owner can read, and that is never overwritten', async () => {
    const { key, file } = await keyOf(kind)
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600')
    expect((await readWriterKey(file)).id).toBe(key.id)
    await expect(createWriterKey(file, kind)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    expect((await readWriterKey(file)).id).toBe(key.id)
  })
})

it('what is sealed says which kind of seal it is, and by which key', () => {
  const [one] = stampEvents(undefined, 'a:1', [event({})], 0) as [NewEventDocument]
  const texts = (['hmac', 'ed25519'] as const).flatMap((kind) =>
    ['00000000', '00000001'].map((keyId) =>
      String(sealedBytes({ kind, keyId }, { ...one, streamId: 'a:1', version: 1 })),
    ),
  )
  expect(new Set(texts).size).toBe(4)
})

it('different events never have the same text under a seal', () => {
  const seen: string[] = []
  const key = {
    ...writerKeyOf('hmac', new Uint8Array(32)),
    sign(bytes: Uint8Array) {
      seen.push(String(bytes))
      return bytes
    },
  }
  const seal = writerSeal(key)
  const events = fc.record({
    streamId: fc.constantFrom('a', 'a:1', 'a:1:1'),
    version: fc.constantFrom(null, 1, 11),
    eventType: fc.constantFrom('A', '1', 'null'),
    eventData: fc.constantFrom({}, { a: 1 }, { a: [1] }, { a: '1' }, { a: null }),
    metadata: fc.constantFrom({ eventId: 'x' }, { eventId: 'x', a: 1 }, { eventId: '1' }, { eventId: 'x', salt: 's' }),
  })
  fc.assert(
    fc.property(events, events, (one, other) => {
      seen.length = 0
      for (const event of [one, other]) seal.seal(event)
      expect(seen[0] === seen[1]).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
    { numRuns: 2_000 },
  )
})
