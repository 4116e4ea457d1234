import { HUSK } from '../../../core/port/event-document.ts'
import { sessionOf } from '../client/answers.ts'
import { refusalOf } from '../client/failures/errors.ts'
import { fetchPage, type Page } from '../client/fetch-page.ts'
import type { Operation } from '../client/operation.ts'
import { lsnOf } from '../client/sessions/session-token.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { etagAfter, lsnOfEtag } from './etag.ts'
import { feedOptions, type ServerStart } from './feed-options.ts'

type Containers = Pick<Handle, 'containers'>

/** An event by its stream and version. */
export type EventRef = { readonly streamId: string; readonly version: number }

const LOOK = 100

/** Checks whether an event was written at an LSN, in one request. @returns the LSN, or undefined if it was not */
export async function lsnIfAt(
  operation: Operation,
  handle: Containers,
  event: EventRef,
  lsn: number,
): Promise<number | undefined> {
  try {
    const page = await feedOfStream(operation, handle, event.streamId, { etag: etagAfter(lsn - 1) }, 1)
    const found = lsnIn(page, event)
    return found === lsn ? found : undefined
  } catch (error) {
    // An LSN that the log has not reached may be refused.
    if (refusalOf(error) !== 400) throw error
    return undefined
  }
}

/**
 * Searches for an event in the feed of its stream, which is one logical partition, page by page from a start.
 *
 * @returns its LSN, or undefined if it is not after the start, or became a placeholder
 */
export async function findLsn(
  operation: Operation,
  handle: Containers,
  event: EventRef,
  start: ServerStart,
): Promise<number | undefined> {
  for (let from = start; ; ) {
    const page = await feedOfStream(operation, handle, event.streamId, from, LOOK)
    const found = lsnIn(page, event)
    if (found !== undefined) return found
    const etag = typeof page.headers.etag === 'string' ? page.headers.etag : ''
    const isSame = 'etag' in from && etag === from.etag
    const head = lsnOf(sessionOf(page.headers)) ?? 0
    if (isSame || etag === '' || (page.rows.length === 0 && (lsnOfEtag(etag) ?? -1) >= head)) return undefined
    from = { etag }
  }
}

const feedOfStream = (
  operation: Operation,
  { containers: { events } }: Containers,
  streamId: string,
  start: ServerStart,
  limit: number,
): Promise<Page<StoredEvent>> =>
  operation.request({
    in: events,
    at: { key: streamId },
    kind: 'read',
    send: (options) =>
      fetchPage<StoredEvent>(events, undefined, { ...feedOptions(options, start, limit), partitionKey: streamId }),
  })

function lsnIn({ rows }: Page<StoredEvent>, { version }: EventRef): number | undefined {
  const found = rows.find(({ stream, eventType }) => stream?.version === version && eventType !== HUSK)
  return found && Number(found._lsn)
}
