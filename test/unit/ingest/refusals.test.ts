import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { Forbidden, InvalidRequest } from '../../../src/ingest/errors.ts'
import { ingestion } from '../../../src/ingest/ingestion.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { BATCH, INGEST_SERVERS, JSON_BODY, STRUCTURED, send, serve } from '../../support/ingest/servers.ts'

const event = { specversion: '1.0', id: 'a', source: '/shop', type: 'Placed', subject: 'order:1', data: { n: 1 } }
const text = JSON.stringify(event)
const errorsOf = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path)

describe.each(INGEST_SERVERS)('a request over %s', (_, over) => {
  test('with invalid events has 400 with the path of each fault, and nothing of it is appended', async () => {
    const storage = openMemory()
    const events = defineEvents({ Placed: z.object({ n: z.number(), lines: z.array(z.object({ sku: z.string() })) }) })
    await using server = await serve(storage, { events, unknownTypes: 'refuse' }, over)
    const batch = [
      { ...event, data: { n: 1, lines: [] } },
      { ...event, data: { n: '1', lines: [{ sku: 1 }] } },
      { ...event, source: undefined },
      { ...event, type: 'Other' },
      { ...event, type: '$tombstone' },
      7,
    ]
    const { status, body } = await send(server.url, JSON.stringify(batch), BATCH)
    expect([status, body.code, errorsOf(body)]).toEqual([
      400,
      'InvalidRequest',
      ['[2].source', '[5]', '[1].data.n', '[1].data.lines.0.sku', '[3].type', '[4].type'],
    ])
    expect((await storage.events.load('inbox-order:1')).version).toBe(0)
  })

  test.each([
    ['{', STRUCTURED, ''],
    ['[]', STRUCTURED, ''],
    ['{}', BATCH, ''],
    [JSON.stringify({ ...event, id: '' }), STRUCTURED, 'id'],
    [JSON.stringify({ ...event, data: { $personal: 1 } }), STRUCTURED, 'data'],
    [JSON.stringify({ ...event, data_base64: '*', data: undefined }), STRUCTURED, 'data_base64'],
    ['{}', { ...JSON_BODY, 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-type': 'Placed' }, 'ce-source'],
    ['{', { ...JSON_BODY, 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-type': 'P', 'ce-source': '/a' }, ''],
    ['{}', { 'ce-specversion': '1.0', 'ce-id': '%FF', 'ce-type': 'P', 'ce-source': '/a' }, 'ce-id'],
  ])('with the body %s and the headers %j has 400', async (body, headers, path) => {
    await using server = await serve(openMemory(), {}, over)
    const response = await send(server.url, body, headers as unknown as Record<string, string>)
    expect([response.status, response.body.code, errorsOf(response.body)]).toEqual([400, 'InvalidRequest', [path]])
  })

  test('with another method has 405 and says which ones there are', async () => {
    await using server = await serve(openMemory(), {}, over)
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers, body } = await send(server.url, undefined, {}, method)
      expect([status, headers.get('allow'), body.code]).toEqual([405, 'POST, OPTIONS', 'MethodNotAllowed'])
    }
    expect((await send(server.url, undefined, {}, 'HEAD')).status).toBe(405)
  })

  test('that is too large has 413, whether it says so or not, and the next one on the connection is served', async () => {
    await using server = await serve(openMemory(), { limits: { bytes: 1_000, events: 2 } }, over)
    const large = JSON.stringify({ ...event, data: { text: 'x'.repeat(100_000) } })
    expect(await send(server.url, large, STRUCTURED)).toMatchObject({
      status: 413,
      body: { code: 'BodyTooLarge', unit: 'bytes', limit: 1_000 },
    })
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(large))
        controller.close()
      },
    })
    const response = await fetch(server.url, {
      method: 'POST',
      headers: STRUCTURED,
      body: chunked,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(await send(server.url, '[1,2,3]', BATCH)).toMatchObject({ status: 413, body: { unit: 'events' } })
    expect((await send(server.url, text, STRUCTURED)).status).toBe(201)
  })

  test('whose body does not arrive in time has 408, and its connection is closed', async () => {
    await using server = await serve(openMemory(), { limits: { bodyTimeout: 50 } }, over)
    const [status, connection] = await new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      const slow = request(server.url, { method: 'POST', headers: { ...STRUCTURED, 'content-length': '100' } })
      slow.on('response', ({ statusCode, headers }) => resolve([statusCode, headers.connection])).on('error', reject)
      slow.write('{')
    })
    expect([status, connection]).toEqual([408, 'close'])
  })

  test('beyond the limit of those in progress has 429 and may be sent again', async () => {
    const storage = openMemory()
    const waiting = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const authenticate = async () => {
      entered.resolve()
      await waiting.promise
      return 'ada'
    }
    await using server = await serve(storage, { authenticate, limits: { requests: 1 } }, over)
    const first = send(server.url, text, STRUCTURED)
    await entered.promise
    const second = await send(server.url, text, STRUCTURED)
    expect([second.status, second.body.code, second.headers.get('retry-after')]).toEqual([429, 'TooManyRequests', '1'])
    waiting.resolve()
    expect((await first).status).toBe(201)
    expect((await send(server.url, text, STRUCTURED)).status).toBe(200)
  })

  test('while the storage is away has 503 with Retry-After, and tells nothing of the storage', async () => {
    const { events, ...storage } = openMemory()
    const append = async () => {
      throw new StorageUnavailable('10.0.0.7 is away')
    }
    const errors: unknown[] = []
    const options = { onError: (error: unknown) => errors.push(error) }
    await using server = await serve({ ...storage, events: { ...events, append } }, options, over)
    const { status, headers, body } = await send(server.url, text, STRUCTURED)
    expect([status, headers.get('retry-after'), body.code]).toEqual([503, '1', 'StorageUnavailable'])
    expect(JSON.stringify(body)).not.toContain('10.0.0.7')
    expect(errors).toHaveLength(1)
  })
})

describe('authentication', () => {
  test('must be chosen', () => {
    expect(() => ingestion(openMemory(), {} as never)).toThrow(/authenticate/)
  })

  test('may not wait longer for a body than a timer can', () => {
    const limits = { bodyTimeout: 2 ** 31 }
    expect(() => ingestion(openMemory(), { authenticate: 'none', limits })).toThrow(/bodyTimeout/)
  })

  test.each([
    ['false', () => false as const, 401, 'Unauthenticated'],
    ['an empty text', () => '', 401, 'Unauthenticated'],
    [
      'an error of another library',
      () => {
        throw new Error('signature of s3cret is wrong')
      },
      401,
      'Unauthenticated',
    ],
    [
      'Forbidden',
      () => {
        throw new Forbidden()
      },
      403,
      'Forbidden',
    ],
  ])(
    'that ends with %s refuses the request without a word about credentials',
    async (_, authenticate, status, code) => {
      const storage = openMemory()
      await using server = await serve(storage, { authenticate })
      const response = await send(server.url, text, { ...STRUCTURED, authorization: 'Bearer s3cret' })
      expect([response.status, response.body.code]).toEqual([status, code])
      expect(JSON.stringify(response.body)).not.toContain('s3cret')
      expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
      expect((await storage.events.load('inbox-order:1')).version).toBe(0)
    },
  )

  test('that fails by a mistake of its own is reported', async () => {
    const errors: unknown[] = []
    const authenticate = ({ raw }: { raw: { user?: { name: string } } }) => (raw.user as { name: string }).name
    await using server = await serve(openMemory(), {
      authenticate: authenticate as never,
      onError: (e) => errors.push(e),
    })
    expect((await send(server.url, text, STRUCTURED)).status).toBe(401)
    expect(errors).toMatchObject([{ name: 'TypeError' }])
  })

  test('says who sends an event, for its stream, its mapping and its metadata', async () => {
    const storage = openMemory()
    await using server = await serve(storage, {
      authenticate: async ({ headers, body }) => ({ name: String(headers['x-name']), bytes: (await body()).length }),
      stream: ({ data, attributes }, { name }) => `${name}:${attributes.id}-${data.n}`,
      mapping: (value, { who }) => ({ type: 'Plain', source: `/${who.name}`, id: 'p', data: value }),
      metadata: (_, { name }) => ({ userId: name }),
    })
    const named = { 'x-name': 'ada' }
    expect((await send(server.url, text, { ...STRUCTURED, ...named })).body.streamId).toBe('ada:a-1')
    expect((await send(server.url, '{"n":2}', { ...JSON_BODY, ...named })).body.streamId).toBe('ada:p-2')
    const { events } = await storage.events.load('ada:p-2')
    expect(events[0]?.metadata).toMatchObject({ userId: 'ada', cloudEvent: { source: '/ada' } })
  })
})

describe('functions of the application', () => {
  const fails = () => {
    throw new Error('cannot read secret of undefined')
  }

  test.each([
    ['stream', { stream: fails }, text, STRUCTURED, ''],
    ['stream, which returns no id,', { stream: () => 'no id' }, text, STRUCTURED, ''],
    ['stream, with a promise,', { stream: (async () => fails()) as never }, text, STRUCTURED, ''],
    ['metadata', { metadata: fails }, text, STRUCTURED, ''],
    ['metadata, with a promise,', { metadata: (async () => fails()) as never }, text, STRUCTURED, ''],
    ['mapping', { mapping: fails }, '[{}]', JSON_BODY, '[0]'],
    ['mapping, with a promise,', { mapping: (async () => fails()) as never }, '{}', JSON_BODY, ''],
    ['mapping, which returns nothing,', { mapping: (() => undefined) as never }, '{}', JSON_BODY, ''],
  ])('that fail on an event are the sender’s fault, and reported: %s', async (_, options, body, headers, path) => {
    const errors: unknown[] = []
    await using server = await serve(openMemory(), { ...options, onError: (error) => errors.push(error) })
    const response = await send(server.url, body, headers)
    expect([response.status, errorsOf(response.body)]).toEqual([400, [path]])
    expect(JSON.stringify(response.body)).not.toContain('secret')
    expect(errors).toHaveLength(1)
  })

  test('may say what is wrong', async () => {
    const mapping = () => {
      throw new InvalidRequest([{ path: 'user_id', message: 'is missing' }])
    }
    await using server = await serve(openMemory(), { mapping })
    const { status, body } = await send(server.url, '[{}]', JSON_BODY)
    expect([status, body.errors]).toEqual([400, [{ path: '[0].user_id', message: 'is missing' }]])
  })
})

describe('the handshake of webhooks', () => {
  const ask = { 'webhook-request-origin': 'sender.example' }
  const granted = async (options: object) => {
    await using server = await serve(openMemory(), options)
    const { status, headers } = await send(server.url, undefined, ask, 'OPTIONS')
    expect([status, headers.get('allow')]).toEqual([200, 'POST, OPTIONS'])
    return [headers.get('webhook-allowed-origin'), headers.get('webhook-allowed-rate')]
  }

  test('allows the origins that are listed, at the rate that is given', async () => {
    expect(await granted({ allowedOrigins: ['sender.example'], allowedRate: 120 })).toEqual(['sender.example', '120'])
    expect(await granted({ allowedOrigins: '*' })).toEqual(['*', '*'])
  })

  test('allows no other origin', async () => {
    expect(await granted({})).toEqual([null, null])
    expect(await granted({ allowedOrigins: ['other.example'] })).toEqual([null, null])
  })
})
