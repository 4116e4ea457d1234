import { feedCharge } from '../../charges/charges.ts'
import type { Container } from '../../engine/container.ts'
import type { StoredDocument } from '../../engine/documents/stored-document.ts'
import { badRequest } from '../../engine/errors.ts'
import type { PartitionView } from '../../engine/partitions/partition-view.ts'
import type { Loaded } from '../../query/loaded.ts'
import type { Context } from '../context.ts'
import type { Answer, CosmosRequest } from '../message.ts'
import { MAX_PAGE_BYTES, pageSize } from '../pages.ts'
import { read } from '../sessions.ts'
import { ofInterval, type Target, targetOf } from '../target.ts'

/**
 * A page of the change feed: what was written after the ETag of the page before, in the order of LSNs, each document in
 * its latest version. A page ends between two transactions only.
 *
 * @throws CosmosError 400 the mode that shows all versions, which is not emulated
 */
export function readChangeFeed(context: Context, container: Container): Answer {
  const { request, reply } = context
  if (request.headers['a-im'] !== 'Incremental Feed') {
    throw badRequest('Only the change feed of latest versions ("Incremental Feed") is emulated.')
  }
  const target = feedTarget(container, request)
  const view = read(context, container, target.partition)
  const { page, passed } = takePage(context, target, view)
  const last = page.at(-1)
  reply.charge = feedCharge(
    page.map(({ bytes }) => bytes),
    passed,
  )
  if (last === undefined) {
    // An ETag that came from a fresher state than this one must not be taken back.
    return { status: 304, headers: { etag: `"${Math.max(view.lsn, continuationOf(request) ?? 0)}"` } }
  }
  reply.headers['x-ms-item-count'] = `${page.length}`
  const Documents = page.map(({ item, lsn }) => ({ ...item, _lsn: lsn }))
  return {
    status: 200,
    body: { _rid: container.rid, Documents, _count: Documents.length },
    headers: { etag: `"${last.lsn}"` },
  }
}

type FeedPage = { readonly page: readonly StoredDocument[]; readonly passed: Loaded }

function takePage({ request, pageLimit }: Context, target: Target, view: PartitionView): FeedPage {
  // A page that ends early has something on it: nothing says that the service answers empty ones before the end.
  const asked = pageSize(request)
  const limit = Math.min(asked, Math.max(1, pageLimit(asked) ?? asked))
  const after = continuationOf(request)
  const since = after === undefined ? sinceOf(request) : undefined
  const page: StoredDocument[] = []
  const passed = { documents: 0, bytes: 0 }
  if (request.headers['if-none-match'] === '*') return { page, passed }
  let bytes = 0
  for (const document of view.changesAfter(after ?? 0)) {
    const isFull = page.length >= limit || bytes >= MAX_PAGE_BYTES
    if (isFull && document.lsn !== page.at(-1)?.lsn) break
    if (!target.includes(document) || (since !== undefined && document.item._ts <= since)) {
      passed.documents++
      passed.bytes += document.bytes
      continue
    }
    page.push(document)
    bytes += document.bytes
  }
  return { page, passed }
}

function feedTarget(container: Container, request: CosmosRequest): Target {
  const target = targetOf(container, request)
  if (target !== undefined) return target
  const [partition, ...more] = container.topology.partitions
  if (partition === undefined || more.length > 0) {
    throw badRequest('The change feed is read by partition key or by partition key range.')
  }
  return ofInterval(partition, undefined)
}

/** The LSN in `If-None-Match`, with its quotation marks or without; `undefined` when there is none. */
function continuationOf({ headers }: CosmosRequest): number | undefined {
  const etag = headers['if-none-match']
  if (etag === undefined || etag === '*') return undefined
  const lsn = Number(etag.replaceAll('"', ''))
  if (!Number.isInteger(lsn) || lsn < 0) throw badRequest(`The continuation ${etag} is invalid.`)
  return lsn
}

function sinceOf({ headers }: CosmosRequest): number | undefined {
  const date = headers['if-modified-since']
  if (date === undefined) return undefined
  const time = Date.parse(date)
  if (Number.isNaN(time)) throw badRequest(`If-Modified-Since has no valid date: ${date}.`)
  return time / 1000
}
