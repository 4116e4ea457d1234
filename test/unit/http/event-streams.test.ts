import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidOption } from '../../../src/core/errors/input.ts'
import { StorageBusy } from '../../../src/core/errors/storage.ts'
import { viewETag } from '../../../src/http/etags.ts'
import {
  type EventStreamOptions,
  type EventStreams,
  eventStreams,
  type WatchedViewLike,
} from '../../../src/http/streams/event-streams.ts'
import { formatEvent } from '../../../src/http/streams/server-sent-events.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { type ReadStream, readEvents } from '../../support/http/read-events.ts'
import { connectionsOf, SERVERS, type Serve } from '../../support/http/servers.ts'
import { until as untilNamed } from '../../support/projecting/until.ts'
import { sendRaw } from '../../support/raw-http.ts'
import { notes, storeLease, storeView } from '../views/support.ts'

const until = (holds: () => boolean | Promise<boolean>) => untilNamed('it came about', holds)

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A server that streams the changes of the view `k` of a storage in memory. */
async function streaming(serve: Serve, options: EventStreamOptions = {}, data?: Parameters<EventStreams['serve']>[3]) {
  const storage = withViews(openMemory())
  closing.push(() => storage.close())
  const streams = eventStreams(options)
  let lsn = 1
  const project = async (n: number) => {
    await storeView(storage, 'k', n)
    const [range] = await storage.feed.ranges()
    if (range) await storeLease(storage, range, lsn++)
  }
  const start = (port = 0) =>
    serve((request, response) => streams.serve(request, response, storage.views.watch(notes, 'k'), data), {
      preClose: streams.close,
      port,
    })
  const server = await start()
  closing.push(() => {
    streams.close()
    return server.server.listening ? server.close() : undefined
  })
  return { storage, streams, project, ...server }
}

/** An iterable that gives what the test pushes. */
function pushed() {
  const queue: WatchedViewLike<unknown>[] = []
  let wake = () => {}
  let isOver = false
  const state = { returned: 0, taken: 0 }
  const push = (view: unknown, digest = String(view)) => {
    queue.push({ view, digest })
    wake()
  }
  const source: AsyncIterable<WatchedViewLike<unknown>> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        while (queue.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve))
        const value = queue.shift()
        if (isOver || value === undefined) return { done: true, value: undefined }
        state.taken++
        return { done: false, value }
      },
      async return() {
        state.returned++
        isOver = true
        wake()
        return { done: true, value: undefined }
      },
    }),
  }
  return { source, push, state }
}

const idsOf = ({ events }: ReadStream) => events.map(({ id }) => `"${id}"`)

describe.each(SERVERS)('an event stream over %s', (_, serve) => {
  it('has the ETag of the view at once and with each change', async () => {
    const { url, project } = await streaming(serve)
    await project(1)
    const stream = await readEvents(url)
    expect(stream.status).toBe(200)
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    await until(() => stream.events.length === 1)
    await project(2)
    await until(() => stream.events.length === 2)
    const etags = [viewETag({ n: 1 }), viewETag({ n: 2 })]
    expect(idsOf(stream)).toEqual(etags)
    expect(stream.events).toMatchObject(etags.map((etag) => ({ event: 'change', data: { etag } })))
    stream.disconnect()
  })

  it('has null for a view that is gone, and the data that the server wants', async () => {
    const { url, project, storage } = await streaming(serve, {}, (view, etag) => ({ etag, view: view as never }))
    const stream = await readEvents(url)
    await until(() => stream.events.length === 1)
    await project(1)
    await until(() => stream.events.length === 2)
    expect(stream.events.map(({ data }) => data)).toEqual([
      { etag: null, view: null },
      { etag: viewETag({ n: 1 }), view: { n: 1 } },
    ])
    stream.disconnect()
    expect(storage.incarnation).toBeTruthy()
  })

  it('resumes after Last-Event-ID: with nothing where nothing changed, and else with the newest', async () => {
    const { url, project } = await streaming(serve)
    await project(1)
    const first = await readEvents(url)
    await until(() => first.events.length === 1)
    first.disconnect()
    const id = first.events[0]?.id ?? ''
    const unchanged = await readEvents(url, { 'last-event-id': id })
    await sleep(150)
    expect(unchanged.events).toEqual([])
    await project(2)
    await project(3)
    await until(() => unchanged.events.length > 0)
    const changed = await readEvents(url, { 'last-event-id': id })
    await until(() => changed.events.length === 1)
    expect(idsOf(changed)).toEqual([viewETag({ n: 3 })])
    const strange = await readEvents(url, { 'last-event-id': 'x'.repeat(10_000) })
    await until(() => strange.events.length === 1)
    for (const stream of [unchanged, changed, strange]) stream.disconnect()
  })

  it('is ended by the client without a trace', async () => {
    const { url, streams, server, project } = await streaming(serve)
    const clients = await Promise.all(Array.from({ length: 5 }, () => readEvents(url)))
    await until(() => streams.size === 5)
    expect(await connectionsOf(server)).toBe(5)
    for (const client of clients) client.disconnect()
    await until(async () => streams.size === 0 && (await connectionsOf(server)) === 0)
    await project(1)
  })

  it('ends when the server closes, and no further one is served', async () => {
    const { url, streams, server, close } = await streaming(serve)
    const client = await readEvents(url)
    await until(() => client.events.length === 1)
    const started = performance.now()
    await close()
    await client.ended
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(streams.size).toBe(0)
    expect(await connectionsOf(server)).toBe(0)
  })

  it('ends with the signal, after which others are refused with 503', async () => {
    const stop = new AbortController()
    const { url, streams } = await streaming(serve, { signal: stop.signal })
    const client = await readEvents(url)
    await until(() => client.events.length === 1)
    stop.abort()
    await client.ended
    expect(streams.size).toBe(0)
    const refused = await fetch(url)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ code: 'EventStreamRefused' })
  })

  it('beyond the limit is refused, and served again once another one has ended', async () => {
    const { url, streams } = await streaming(serve, { limit: 2 })
    const clients = await Promise.all([readEvents(url), readEvents(url)])
    await until(() => streams.size === 2)
    const refused = await fetch(url)
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'EventStreamRefused' }])
    clients[0]?.disconnect()
    await until(() => streams.size === 1)
    const next = await readEvents(url)
    expect(next.status).toBe(200)
    next.disconnect()
    clients[1]?.disconnect()
  })

  it('that cannot begin has a problem for a response', async () => {
    const server = await serve(() => {
      throw new StorageBusy('held by 10.0.0.7')
    })
    closing.push(server.close)
    const streams = eventStreams()
    const failing = await serve((request, response) => {
      const source = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new StorageBusy('held')) }) }
      return streams.serve(request, response, source)
    })
    closing.push(failing.close)
    for (const { url } of [server, failing]) {
      const response = await fetch(url)
      expect(response.status).toBe(503)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(await response.text()).not.toContain('10.0.0.7')
    }
    expect(streams.size).toBe(0)
  })

  it('sends comments to keep the connection, and when to reconnect', async () => {
    const { url } = await streaming(serve, { heartbeat: 30, retry: 700 })
    const client = await readEvents(url)
    await until(
      () =>
        client
          .text()
          .split('\n')
          .filter((line) => line === ':').length >= 3,
    )
    const [, retry = ''] = /^retry: (\d+)\n\n/.exec(client.text()) ?? []
    expect(Number(retry)).toBeGreaterThanOrEqual(700)
    expect(Number(retry)).toBeLessThanOrEqual(1_400)
    client.disconnect()
  })

  it('holds back what a client does not read, and then gives it the newest', async () => {
    const { source, push, state } = pushed()
    const streams = eventStreams()
    const server = await serve((request, response) =>
      streams.serve(request, response, source, (view) => ({ filler: 'x'.repeat(250_000), view: view as never })),
    )
    closing.push(server.close)
    push(0)
    const client = await readEvents(server.url)
    client.pause()
    for (let n = 1; n <= 100; n++) push(n)
    await sleep(200)
    // Buffers of the system take some megabytes.
    expect(state.taken).toBeLessThan(60)
    client.resume()
    await until(() => state.taken === 101)
    client.disconnect()
    await until(() => streams.size === 0)
    expect(state.returned).toBeGreaterThan(0)
  })

  it('cuts off a client that reads nothing for too long', async () => {
    const { source, push } = pushed()
    const streams = eventStreams({ stalledAfter: 100, heartbeat: 20 })
    const server = await serve((request, response) =>
      streams.serve(request, response, source, () => ({ filler: 'x'.repeat(12_000_000) })),
    )
    closing.push(server.close)
    push(0)
    const client = await readEvents(server.url)
    client.pause()
    push(1)
    await until(async () => streams.size === 0 && (await connectionsOf(server.server)) === 0)
    client.disconnect()
  })

  it('does not hold up a server that closes for a client that reads nothing', async () => {
    const { source, push } = pushed()
    const streams = eventStreams()
    const server = await serve(
      (request, response) => streams.serve(request, response, source, () => ({ filler: 'x'.repeat(12_000_000) })),
      { preClose: streams.close },
    )
    push(0)
    const client = await readEvents(server.url)
    client.pause()
    push(1)
    await sleep(100)
    const started = performance.now()
    await server.close()
    expect(performance.now() - started).toBeLessThan(5_000)
    client.disconnect()
  })

  it('ends with an error of its source, which is reported', async () => {
    const errors: unknown[] = []
    const { url, streams, storage } = await streaming(serve, { onError: (error) => errors.push(error) })
    const client = await readEvents(url)
    await until(() => client.events.length === 1)
    await storage.close()
    await client.ended
    expect(errors).toMatchObject([{ code: 'StorageClosed' }])
    expect(streams.size).toBe(0)
  })

  it('is not opened by HEAD, nor by a client that went before it began', async () => {
    const { url, streams } = await streaming(serve)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await until(() => streams.size === 0)

    const { source, push } = pushed()
    const slow = eventStreams()
    const server = await serve((request, response) => slow.serve(request, response, source))
    closing.push(server.close)
    const stop = new AbortController()
    const asking = fetch(server.url, { signal: stop.signal })
    await until(() => slow.size === 1)
    stop.abort()
    await expect(asking).rejects.toThrow()
    await until(() => slow.size === 0)
    push(1)
  })

  it('survives a raw client with an endless Last-Event-ID, or with several', async () => {
    const { url, server } = await streaming(serve)
    const long = await sendRaw(url, `GET / HTTP/1.1\r\nHost: x\r\nLast-Event-ID: ${'x'.repeat(100_000)}\r\n\r\n`)
    expect(long).toMatch(/^HTTP\/1.1 431 /)
    const ids = 'Last-Event-ID: a\r\nLast-Event-ID: b\r\n'
    const head = await sendRaw(url, `HEAD / HTTP/1.1\r\nHost: x\r\n${ids}\r\n`)
    expect(head).toMatch(/^HTTP\/1.1 200 /)
    await until(async () => (await connectionsOf(server)) === 0)
  })
})

it('what hooks of fastify have set is sent with the stream', async () => {
  const { url } = await streaming((SERVERS[1] as (typeof SERVERS)[number])[1])
  const client = await readEvents(url)
  expect(client.headers['x-set-by-a-hook']).toBe('yes')
  client.disconnect()
})

describe('the text of an event', () => {
  it('is read back by the rules of the HTML standard, whatever its data holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = formatEvent({ id: 'an-id', event: 'change', data: value as never })
        const lines = text.split(/\r\n|\n|\r/)
        expect(lines.length).toBe(5)
        const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6))
        expect(JSON.parse(data.join('\n'))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('cannot be broken by an id or a name', () => {
    for (const bad of ['a\nb', 'a b', '', '\u0000', 'é', 'x'.repeat(201)]) {
      expect(() => formatEvent({ id: bad, event: 'change', data: null })).toThrow(TypeError)
      expect(() => formatEvent({ id: 'id', event: bad, data: null })).toThrow(TypeError)
    }
  })
})

it('options that are no whole numbers, or longer than a timer can be, are refused', () => {
  for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    for (const option of ['limit', 'heartbeat', 'retry', 'stalledAfter']) {
      expect(() => eventStreams({ [option]: bad })).toThrow(InvalidOption)
    }
  }
})
