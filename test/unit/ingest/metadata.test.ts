import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { EventMetadata } from '../../../src/core/port/event-document.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { BATCH, JSON_BODY, STRUCTURED, send, serve } from '../../support/ingest/servers.ts'

const event = { specversion: '1.0', id: 'a', source: '/shop', type: 'Placed', subject: 'order:1', data: { n: 1 } }
const START = `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`
const HOP = `00-${'b'.repeat(32)}-${'2'.repeat(16)}-01`

async function metadataIn(storage: ReturnType<typeof openMemory>): Promise<Partial<EventMetadata>> {
  const [stored] = (await storage.events.load('inbox-order:1')).events
  return stored?.metadata ?? {}
}

describe('the trace of an event', () => {
  test.each([
    ['the one that the request has', {}, HOP, { traceparent: HOP, requestTraceparent: undefined }],
    ['its own', { traceparent: START }, undefined, { traceparent: START, requestTraceparent: undefined }],
    [
      'its own, beside that of the request',
      { traceparent: START },
      HOP,
      { traceparent: START, requestTraceparent: HOP },
    ],
    [
      'that of the request, if its own is malformed',
      { traceparent: 'nonsense' },
      HOP,
      { traceparent: HOP, requestTraceparent: undefined },
    ],
    ['none if the header is malformed', {}, 'nonsense', { traceparent: undefined, requestTraceparent: undefined }],
  ])('is %s', async (_, extension, header, wanted) => {
    const storage = openMemory()
    await using server = await serve(storage)
    const headers = { ...STRUCTURED, ...(header !== undefined && { traceparent: header }) }
    await send(server.url, JSON.stringify({ ...event, ...extension }), headers)
    const { traceparent, requestTraceparent } = await metadataIn(storage)
    expect({ traceparent, requestTraceparent }).toEqual(wanted)
  })
})

describe('data of a shared event', () => {
  const events = defineEvents({
    Placed: {
      schema: z.object({ count: z.number(), note: z.string().default('none') }),
      version: 2,
      upcast: { 1: ({ n, ...rest }) => ({ ...rest, count: n }) },
    },
  })

  test.each([
    ['of an earlier version is stored as it is', { data: { n: 1 } }, { n: 1 }, undefined],
    [
      'of the newest version is stored as the schema returns it',
      { schemaversion: 2, data: { count: 1 } },
      { count: 1, note: 'none' },
      2,
    ],
  ])('%s', async (_, members, data, schemaVersion) => {
    const storage = openMemory()
    await using server = await serve(storage, { events })
    expect((await send(server.url, JSON.stringify({ ...event, ...members }), STRUCTURED)).status).toBe(201)
    const [stored] = (await storage.events.load('inbox-order:1')).events
    expect([stored?.eventData, stored?.metadata.schemaVersion]).toEqual([data, schemaVersion])
  })

  test.each([
    ['of an earlier version that does not fit after all upcasters', { data: { n: 'x' } }, 'data.count'],
    ['of a newer version than is known here', { schemaversion: 3, data: { count: 1 } }, 'data'],
  ])('%s is refused', async (_, members, path) => {
    await using server = await serve(openMemory(), { events })
    const { status, body } = await send(server.url, JSON.stringify({ ...event, ...members }), STRUCTURED)
    expect([status, body.errors[0].path]).toEqual([400, path])
  })

  test('that a mapping returns is of the newest version', async () => {
    const storage = openMemory()
    const mapping = (value: unknown) => ({ type: 'Placed', source: '/web', subject: 'order:1', data: value as never })
    await using server = await serve(storage, { events, mapping })
    expect((await send(server.url, '{"count":1}', JSON_BODY)).status).toBe(201)
    expect((await metadataIn(storage)).schemaVersion).toBe(2)
  })
})

describe('metadata of the application', () => {
  test.each([
    ['is no JSON', () => ({ at: new Date() }) as never],
    ['is a reserved name', () => ({ commandId: 'a' })],
  ])('that %s is the fault of the server, and nothing is appended', async (_, wrong) => {
    const storage = openMemory()
    const errors: unknown[] = []
    const metadata = ({ attributes }: { attributes: { subject?: string } }) =>
      attributes.subject === 'order:2' ? wrong() : {}
    await using server = await serve(storage, { metadata, onError: (error) => errors.push(error) })
    const { status } = await send(server.url, JSON.stringify([event, { ...event, subject: 'order:2' }]), BATCH)
    expect([status, errors.length]).toEqual([500, 1])
    expect((await storage.events.load('inbox-order:1')).version).toBe(0)
  })
})

describe('a batch', () => {
  const batch = ['order:1', 'order:2', 'order:1'].map((subject, i) => ({ ...event, id: `${i}`, subject }))

  test('that fails in the middle says what is in the log, and may be sent again as a whole', async () => {
    const storage = openMemory()
    let isAway = true
    const append: typeof storage.events.append = async (stream, ...rest) => {
      if (isAway && stream === 'inbox-order:2') throw new StorageUnavailable('away')
      return storage.events.append(stream, ...rest)
    }
    await using server = await serve({ ...storage, events: { append } }, { onError: () => {} })
    const first = await send(server.url, JSON.stringify(batch), BATCH)
    expect(first).toMatchObject({
      status: 503,
      body: { code: 'StorageUnavailable', events: [{ version: 1 }, null, { version: 2 }] },
    })
    isAway = false
    const { status, body } = await send(server.url, JSON.stringify(batch), BATCH)
    expect([status, body.events]).toMatchObject([201, [{ duplicate: true }, { duplicate: false }, { duplicate: true }]])
  })

  test('whose stream fails in the middle says what of the stream is in the log', async () => {
    const storage = openMemory()
    let appends = 0
    const append: typeof storage.events.append = async (...call) => {
      if (++appends === 2) throw new StorageUnavailable('away')
      return storage.events.append(...call)
    }
    const limits = { ...storage.limits, eventsPerAppend: 2 }
    await using server = await serve({ ...storage, limits, events: { append } }, { onError: () => {} })
    const ofOne = ['a', 'b', 'c'].map((id) => ({ ...event, id }))
    const { status, body } = await send(server.url, JSON.stringify(ofOne), BATCH)
    expect([status, body.events]).toMatchObject([503, [{ version: 1 }, { version: 2 }, null]])
  })

  test('with an event that can never be stored has the others stored, and names it', async () => {
    const storage = openMemory()
    await using server = await serve(storage)
    await send(server.url, JSON.stringify({ ...batch[2], data: { n: 7 } }), STRUCTURED)
    const { status, body } = await send(server.url, JSON.stringify(batch), BATCH)
    expect([status, body.code, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      409,
      'EventIdReused',
      ['[2]'],
    ])
    expect(body.events).toMatchObject([{ version: 2 }, { version: 1 }, null])
  })

  test('may have an event twice', async () => {
    await using server = await serve(openMemory())
    const { status, body } = await send(server.url, JSON.stringify([event, event]), BATCH)
    expect([status, body.events]).toMatchObject([
      201,
      [
        { version: 1, duplicate: false },
        { version: 1, duplicate: true },
      ],
    ])
  })

  test('may be empty', async () => {
    await using server = await serve(openMemory())
    expect(await send(server.url, '[]', BATCH)).toMatchObject({ status: 200, body: { events: [] } })
  })

  test('of very many streams has no header with a position, but one for each event', async () => {
    await using server = await serve(openMemory())
    const many = Array.from({ length: 100 }, (_, i) => ({ ...event, id: `${i}`, subject: `order:${i}` }))
    const { status, headers, body } = await send(server.url, JSON.stringify(many), BATCH)
    expect([status, headers.get('tidemark-position')]).toEqual([201, null])
    expect(new Set(body.events.map(({ position }: { position: string }) => position)).size).toBe(100)
  })
})
