import type { EventDocument } from '../../core/port/event-document.ts'
import type { EventLog, LoadedStream, ReadOptions } from '../../core/port/event-log.ts'
import { followingPage } from '../../core/reading/following-page.ts'
import { readOptionsOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { Operation } from './client/operation.ts'
import { type StoredEvent, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import { headOf, readWindow } from './streams/read-window.ts'

const PAGE = 500

// Greater than every version of a stream.
const END = Number.MAX_SAFE_INTEGER

/** `EventLog.read` and `EventLog.load`. */
export function reader(handle: Handle): Pick<EventLog, 'read' | 'load'> {
  return {
    async *read(streamId, options = {}) {
      handle.assertOpen()
      assertStreamId(streamId)
      const { signal } = options
      let rest: ReadOptions | undefined = readOptionsOf(options)
      while (rest !== undefined) {
        const asked: ReadOptions = rest
        const page = await handle.run('read', (operation) => readPage(operation, handle, streamId, asked), signal)
        for (const event of page) {
          signal?.throwIfAborted()
          yield event
        }
        rest = page.length < PAGE ? undefined : followingPage(rest, page)
      }
    },
    async load(streamId, options = {}) {
      handle.assertOpen()
      assertStreamId(streamId)
      const asked = readOptionsOf(options)
      return handle.run('load', (operation) => load(operation, handle, streamId, asked), asked.signal)
    },
  }
}

async function readPage(
  operation: Operation,
  handle: Handle,
  streamId: string,
  options: ReadOptions,
): Promise<EventDocument[]> {
  const size = Math.min(options.limit ?? PAGE, PAGE)
  const { low, high } = boundsOf(options)
  if (size < 1 || (high !== undefined && high < low)) return []
  if (options.direction === 'backwards') {
    const window = { low, ...(high !== undefined && { high }) }
    return (await readWindow(operation, handle, streamId, window, size)).map(toDocument)
  }
  const last = Math.min(high ?? END, low + size - 1)
  return forwards(await readWindow(operation, handle, streamId, { low, high: last }))
}

// What was appended during this read does not count: the events end at the version, or where there are no more.
async function load(
  operation: Operation,
  handle: Handle,
  streamId: string,
  options: ReadOptions,
): Promise<LoadedStream> {
  const { direction, limit = Number.POSITIVE_INFINITY } = options
  const { low, high } = boundsOf(options)
  const isBackwards = direction === 'backwards'
  // The head is the first row, if nothing limits the events above.
  if (high === undefined && limit >= 1 && (isBackwards || limit === Number.POSITIVE_INFINITY)) {
    const rows = await readWindow(operation, handle, streamId, { low }, limit)
    const head = rows[0]
    if (head) return { events: isBackwards ? rows.map(toDocument) : forwards(rows), version: head.stream.version }
  }
  // Most streams end within the first page: then its last event is the head.
  if (!isBackwards && limit >= 1 && limit <= PAGE && (high ?? END) - low >= limit) {
    const last = low + limit - 1
    const rows = await readWindow(operation, handle, streamId, { low, high: last })
    const reached = rows[0]?.stream.version
    if (reached === last) return { events: forwards(rows), version: await headOf(operation, handle, streamId) }
    if (reached !== undefined) return { events: forwards(rows), version: reached }
  }
  const version = await headOf(operation, handle, streamId)
  const top = Math.min(high ?? version, version)
  const window = isBackwards
    ? { low: Math.max(low, top - limit + 1), high: top }
    : { low, high: Math.min(top, low + limit - 1) }
  if (window.high < window.low) return { events: [], version }
  const rows = await readWindow(operation, handle, streamId, window)
  return { events: isBackwards ? rows.map(toDocument) : forwards(rows), version }
}

function boundsOf({ from, to, direction }: ReadOptions): { readonly low: number; readonly high: number | undefined } {
  const [low, high] = direction === 'backwards' ? [to, from] : [from, to]
  return { low: Math.max(low ?? 1, 1), high }
}

const forwards = (rows: readonly StoredEvent[]): EventDocument[] => rows.map(toDocument).reverse()
