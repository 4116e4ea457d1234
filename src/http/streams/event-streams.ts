import type { IncomingMessage, ServerResponse } from 'node:http'
import { LONGEST_TIMER } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { Json } from '../../core/json/json.ts'
import { EventStreamRefused } from '../errors.ts'
import { headerOf } from '../request-headers.ts'
import {
  EVENT_STREAM,
  endWithin,
  formatEvent,
  formatRetry,
  HEARTBEAT,
  isOver,
  writeText,
} from './server-sent-events.ts'

/** How event streams are served; times are milliseconds. */
export type EventStreamOptions = {
  /** The most streams open at once; default 500. A further one is refused with 503. */
  readonly limit?: number
  /** Interval of the comments that keep a connection alive; default 15,000. */
  readonly heartbeat?: number
  /** The shortest delay before clients reconnect; default 2,000. Jitter makes it up to twice as long. */
  readonly retry?: number
  /** How long a client may stop reading before it is disconnected; default 30,000. */
  readonly stalledAfter?: number
  /** Ends all streams when it is aborted, like `close`. */
  readonly signal?: AbortSignal
  /** Called with an error that ends a stream after it has started. The client reconnects and then gets the error as a response. */
  readonly onError?: (error: unknown) => void
}

/** The current state of a view, as `views.watch` yields it. */
export type WatchedViewLike<V> = { readonly view: V | null; readonly digest: string }

/** Creates the data of an event from a view and its ETag; both are null if there is no view. */
export type EventData<V> = (view: V | null, etag: string | null) => Json

/** A request of node:http or of fastify. */
export type RequestLike = IncomingMessage | { readonly raw: IncomingMessage }

/** A response of node:http, or a reply of fastify. */
export type ResponseLike =
  | ServerResponse
  | { readonly raw: ServerResponse; hijack(): unknown; getHeaders(): Record<string, unknown> }

/** The event streams of a server. */
export type EventStreams = {
  /** How many streams are open. */
  readonly size: number
  /**
   * Serves the changes of a view as server-sent events until the client disconnects, the streams are closed, or
   * reading the view fails. Each event is named `change`, and its data is the view's ETag, or null if there is no view:
   * `{ "etag": "\"…\"" }`. The first event is sent at once, unless the client's `Last-Event-ID` shows that it has
   * that state already. If the view changes faster than the client reads, the client gets the last state only.
   *
   * @param changes the result of `views.watch`
   * @param data creates other data than the ETag alone
   * @throws EventStreamRefused when the limit is reached or the streams are closed, and what the first read throws.
   *   Nothing has been sent in that case
   */
  serve<V>(
    request: RequestLike,
    response: ResponseLike,
    changes: AsyncIterable<WatchedViewLike<V>>,
    data?: EventData<V>,
  ): Promise<void>
  /** Ends all streams and refuses further ones. Call it before closing the server, which waits for open connections. */
  close(): void
}

/** Milliseconds in which a client must have read the rest of its stream once the streams are closed. */
const FAREWELL = 1_000

/** Creates the event streams of a server. @throws InvalidOption */
export function eventStreams({
  limit = 500,
  heartbeat = 15_000,
  retry = 2_000,
  stalledAfter = 30_000,
  signal,
  onError = () => {},
}: EventStreamOptions = {}): EventStreams {
  for (const [option, value] of Object.entries({ limit, heartbeat, retry, stalledAfter })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > LONGEST_TIMER) {
      throw new InvalidOption(option, `a whole number from 1 to ${LONGEST_TIMER}`, value)
    }
  }
  // One function for each open stream, which ends it.
  const open = new Set<() => void>()
  let isClosed = false
  const close = () => {
    isClosed = true
    for (const end of [...open]) end()
  }
  if (signal?.aborted) close()
  signal?.addEventListener('abort', close, { once: true })

  async function serve<V>(
    request: RequestLike,
    reply: ResponseLike,
    changes: AsyncIterable<WatchedViewLike<V>>,
    data: EventData<V> = (_, etag) => ({ etag }),
  ): Promise<void> {
    if (isClosed) throw new EventStreamRefused(undefined)
    if (open.size >= limit) throw new EventStreamRefused(limit)
    const response = 'raw' in reply ? reply.raw : reply
    const { method, headers } = 'raw' in request ? request.raw : request
    const views = changes[Symbol.asyncIterator]()
    // This also ends a wait for the next change.
    const end = () => void views.return?.()
    const stop = () => {
      end()
      if (response.headersSent) endWithin(response, Math.min(stalledAfter, FAREWELL))
    }
    open.add(stop)
    response.once('close', end)
    try {
      let next = await views.next()
      if (response.destroyed) return
      if (isClosed) throw new EventStreamRefused(undefined)
      begin(reply, response)
      if (method === 'HEAD') return void response.end()
      await send(response, formatRetry(retry * (1 + Math.random())))
      let last = headerOf(headers, 'last-event-id')
      for (; !next.done && !isOver(response); next = await views.next()) {
        const { view, digest } = next.value
        if (digest === last) continue
        last = digest
        const etag = view === null ? null : `"${digest}"`
        await send(response, formatEvent({ id: digest, event: 'change', data: data(view, etag) }))
      }
    } catch (error) {
      if (!response.headersSent) throw error
      onError(error)
    } finally {
      open.delete(stop)
      end()
      if (response.headersSent) endWithin(response, stalledAfter)
    }
  }

  const send = (response: ServerResponse, text: string) => writeText(response, text, stalledAfter)

  /** Sends the headers, and a comment at each heartbeat from then on. */
  function begin(reply: ResponseLike, response: ServerResponse): void {
    // Headers set by fastify's hooks are stored in the reply, which no longer sends them once it is hijacked.
    const known = 'hijack' in reply ? (reply.getHeaders() as Record<string, string>) : {}
    if ('hijack' in reply) reply.hijack()
    // A write may race with the client's disconnect, which is not an error.
    response.on('error', () => {})
    response.writeHead(200, { ...known, ...HEADERS })
    response.flushHeaders()
    const beat = setInterval(() => {
      if (!response.writableNeedDrain && !isOver(response)) response.write(HEARTBEAT)
    }, heartbeat).unref()
    response.once('close', () => clearInterval(beat))
  }

  return {
    get size() {
      return open.size
    },
    serve,
    close,
  }
}

const HEADERS = {
  'content-type': EVENT_STREAM,
  // Proxies must not buffer events.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  // The connection ends with the stream, so a closing server does not have to wait until it is idle.
  connection: 'close',
}
