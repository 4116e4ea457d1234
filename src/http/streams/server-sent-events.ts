import type { ServerResponse } from 'node:http'
import type { Json } from '../../core/json/json.ts'

/** The media type of server-sent events. */
export const EVENT_STREAM = 'text/event-stream'

/** One server-sent event. */
export type ServerSentEvent = {
  /** Sent back as `Last-Event-ID` by a client that reconnects. */
  readonly id: string
  readonly event: string
  readonly data: Json
}

/**
 * The text of an event. JSON contains no line breaks, so the data is one line.
 *
 * @throws TypeError for an id or a name that would break the line
 */
export function formatEvent({ id, event, data }: ServerSentEvent): string {
  if (!ONE_LINE.test(id) || !ONE_LINE.test(event))
    throw new TypeError('The id or name of an event is not visible ASCII')
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

const ONE_LINE = /^[\x21-\x7e]{1,200}$/

/** A comment, which clients ignore. It keeps proxies from closing an idle connection, and detects clients that are gone. */
export const HEARTBEAT = ':\n\n'

/** Sets the delay before a client reconnects, in milliseconds. */
export const formatRetry = (milliseconds: number): string => `retry: ${Math.round(milliseconds)}\n\n`

/** Writes text and waits until it is flushed. A client that does not read for `limit` milliseconds is disconnected. */
export async function writeText(response: ServerResponse, text: string, limit: number): Promise<void> {
  if (isOver(response) || response.write(text)) return
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => response.destroy(), limit)
    const done = () => {
      clearTimeout(late)
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.once('drain', done).once('close', done)
  })
}

/** Ends a response. A client that does not read the rest within `limit` milliseconds is disconnected. */
export function endWithin(response: ServerResponse, limit: number): void {
  if (isOver(response)) return
  const late = setTimeout(() => response.destroy(), limit)
  response.once('close', () => clearTimeout(late)).end()
}

/** Whether nothing can be written to the response any more. */
export const isOver = (response: ServerResponse): boolean => response.destroyed || response.writableEnded
