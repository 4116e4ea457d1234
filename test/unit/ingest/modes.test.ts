import { describe, expect, test } from 'vitest'
import { uuidOf } from '../../../src/core/append/uuid.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { BATCH, INGEST_SERVERS, JSON_BODY, STRUCTURED, send, serve } from '../../support/ingest/servers.ts'

const event = { specversion: '1.0', id: 'a', source: '/shop', type: 'Placed', subject: 'order:1' }
const binary = {
  'ce-specversion': '1.0',
  'ce-id': 'a',
  'ce-source': '/shop',
  'ce-type': 'Placed',
  'ce-subject': 'order:1',
}

const eventsIn = async (storage: ReturnType<typeof openMemory>, stream = 'inbox-order:1') =>
  (await storage.events.load(stream)).events

describe.each(INGEST_SERVERS)('events over %s', (_, over) => {
  test('are in the log in structured mode before the response says so, with the position and the version', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    const { status, headers, body } = await send(server.url, JSON.stringify({ ...event, data: { n: 1 } }), STRUCTURED)
    expect([status, body]).toEqual([
      201,
      { streamId: 'inbox-order:1', version: 1, position: expect.any(String), duplicate: false },
    ])
    expect(headers.get('tidemark-position')).toBe(body.position)
    expect(headers.get('content-type')).toBe('application/json')
    const [stored] = await eventsIn(storage)
    expect(stored).toMatchObject({
      eventType: 'Placed',
      eventData: { n: 1 },
      metadata: { eventId: uuidOf('cloudEvent', '/shop', 'a'), cloudEvent: { id: 'a', source: '/shop' } },
    })
  })

  test('are recognised when they are sent again, and have the position of the first time', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    const text = JSON.stringify({ ...event, data: { n: 1 } })
    const first = await send(server.url, text, STRUCTURED)
    await send(server.url, JSON.stringify({ ...event, id: 'b' }), STRUCTURED)
    const again = await send(server.url, text, STRUCTURED)
    expect([again.status, again.body]).toEqual([200, { ...first.body, duplicate: true }])
    expect(again.headers.get('tidemark-position')).toBe(first.body.position)
    expect(await eventsIn(storage)).toHaveLength(2)
  })

  test('are refused with 409 if they have the id of an event with other content', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    await send(server.url, JSON.stringify({ ...event, data: { n: 1 } }), STRUCTURED)
    const other = await send(server.url, JSON.stringify({ ...event, data: { n: 2 } }), STRUCTURED)
    expect(other).toMatchObject({ status: 409, body: { code: 'EventIdReused', status: 409 } })
    expect(other.headers.get('content-type')).toBe('application/problem+json')
  })

  test('arrive in binary mode, their headers percent-decoded', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    const headers = { ...JSON_BODY, ...binary, 'ce-name': '%E2%82%AC%20uro', 'ce-n': '7' }
    expect((await send(server.url, '{"n":1}', headers)).status).toBe(201)
    const [stored] = await eventsIn(storage)
    expect(stored).toMatchObject({ eventData: { n: 1 }, metadata: { cloudEvent: { name: '€ uro', n: '7' } } })
    // The same event in another mode is a repeat.
    const again = await send(server.url, JSON.stringify({ ...event, data: { n: 1 } }), STRUCTURED)
    expect([again.status, again.body.duplicate]).toEqual([200, true])
  })

  test('in binary mode that are no JSON are stored as bytes', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    const bytes = new Uint8Array([0, 255, 1])
    await send(server.url, bytes, { ...binary, 'content-type': 'image/png' })
    expect((await eventsIn(storage))[0]).toMatchObject({
      eventData: { data_base64: 'AP8B' },
      metadata: { cloudEvent: { datacontenttype: 'image/png' } },
    })
  })

  test('arrive in a batch, those of one stream in order, and the response has the outcome of each', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {}, over)
    const batch = ['a', 'b', 'c'].map((id, i) => ({ ...event, id, subject: i === 1 ? 'order:2' : 'order:1' }))
    const first = await send(server.url, JSON.stringify(batch), BATCH)
    expect([first.status, first.body.events]).toMatchObject([
      201,
      [
        { streamId: 'inbox-order:1', version: 1, duplicate: false },
        { streamId: 'inbox-order:2', version: 1, duplicate: false },
        { streamId: 'inbox-order:1', version: 2, duplicate: false },
      ],
    ])
    const again = await send(server.url, JSON.stringify(batch), BATCH)
    expect(again.status).toBe(200)
    expect(again.body.events).toEqual(first.body.events.map((one: object) => ({ ...one, duplicate: true })))
    expect(again.headers.get('tidemark-position')).toBe(first.headers.get('tidemark-position'))
    const more = await send(server.url, JSON.stringify([...batch, { ...event, id: 'd' }]), BATCH)
    expect([more.status, more.body.events.map((one: { duplicate: boolean }) => one.duplicate)]).toEqual([
      201,
      [true, true, true, false],
    ])
  })

  test('of other JSON are what the mapping makes of them', async () => {
    const storage = openMemory()
    type Sent = { type: string; user_id: number; id?: string }
    const mapping = (value: unknown) => {
      const { type, user_id, id, ...data } = value as Sent
      return { type, source: '/web', id, subject: `user:${user_id}`, data }
    }
    await using server = await serve(storage, { mapping }, over)
    const text = JSON.stringify({ type: 'added', user_id: 456, product: 'x' })
    const first = await send(server.url, text, JSON_BODY)
    expect([first.status, first.body]).toMatchObject([201, { streamId: 'inbox-user:456', deduplicated: false }])
    // Nothing tells that it is a repeat.
    expect((await send(server.url, text, JSON_BODY)).body).toMatchObject({ version: 2, duplicate: false })

    const keyed = { ...JSON_BODY, 'idempotency-key': 'k-1' }
    const one = await send(server.url, text, keyed)
    expect(one.body).not.toHaveProperty('deduplicated')
    expect((await send(server.url, text, keyed)).body).toEqual({ ...one.body, duplicate: true })
    const list = await send(
      server.url,
      JSON.stringify([
        { type: 'a', user_id: 1, id: 'x' },
        { type: 'b', user_id: 1 },
      ]),
      keyed,
    )
    expect(list.body.events).toMatchObject([{ version: 1 }, { version: 2 }])
    expect((await eventsIn(storage, 'inbox-user:456'))[0]?.eventData).toEqual({ product: 'x' })
  })
})

describe('data', () => {
  test.each([
    [{ data: 0 }, { data: 0 }],
    [{ data: false }, { data: false }],
    [{ data: null }, { data: null }],
    [{ data: '' }, { data: '' }],
    [{ data: [1] }, { data: [1] }],
    [{}, {}],
    [{ data_base64: 'AP8B' }, { data_base64: 'AP8B' }],
    [{ data_base64: 'eyJuIjoxfQ==', datacontenttype: 'application/json' }, { n: 1 }],
    [{ data: '<a/>', datacontenttype: 'text/xml' }, { data_base64: 'PGEvPg==' }],
  ])('of %j is not lost', async (members, stored) => {
    const storage = openMemory()
    await using server = await serve(storage)
    expect((await send(server.url, JSON.stringify({ ...event, ...members }), STRUCTURED)).status).toBe(201)
    expect((await eventsIn(storage))[0]?.eventData).toEqual(stored)
  })
})

describe('a media type is recognised', () => {
  test.each([
    'application/cloudevents+json;charset=utf-8',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON ;Charset="utf-8"',
    'application/cloudevents',
  ])('written as %s', async (type) => {
    await using server = await serve(openMemory())
    expect((await send(server.url, JSON.stringify(event), { 'content-type': type })).status).toBe(201)
  })

  test.each([
    [{ 'content-type': 'application/cloudevents+json; charset=iso-8859-1' }, JSON.stringify(event)],
    [{ 'content-type': 'application/cloudevents+avro' }, JSON.stringify(event)],
    [{ 'content-type': 'text/plain' }, JSON.stringify(event)],
    [JSON_BODY, '{"type":"a"}'],
    [{ ...STRUCTURED, 'content-encoding': 'gzip' }, JSON.stringify(event)],
    [{ ...binary, 'content-type': 'application/json;charset=utf-16' }, '{}'],
  ])('but not that of %j', async (headers, text) => {
    await using server = await serve(openMemory())
    const response = await send(server.url, text, headers as unknown as Record<string, string>)
    expect(response).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } })
    expect(response.headers.get('accept')).toContain('application/cloudevents-batch+json')
  })
})
