import type { FeedOptions, SqlQuerySpec } from '@azure/cosmos'
import { headersOf, lsnOf, type Probe, type Question, STREAMS, statusOf, units } from '../probe.ts'

type Item = { readonly _lsn: number; readonly _ts: number; readonly _rid: string; readonly id: string }

/** The change feed, read by headers. */
export const changeFeed: Question = {
  name: 'change feed',
  async *ask(probe) {
    const { events, budget } = probe
    const ranges = (await events.readPartitionKeyRanges({}).fetchAll()).resources as {
      id: string
      minInclusive: string
      maxExclusive: string
      _rid?: string
    }[]
    const [range] = ranges
    if (range === undefined) return
    const { resource } = await events.read()
    yield {
      what: 'physical partitions of a new container, and the ids of its resources',
      assumed: '1; resource ids begin with the container’s',
      found: `${ranges.length}; ${resource?._rid}, ${range._rid}`,
      agrees: ranges.length === 1 && sameContainer(resource?._rid, range._rid),
    }
    const read = (options: FeedOptions) => page(probe, { ...options, ...inRange(range.id, options) })

    const first = await read({ maxItemCount: 1000 })
    const lsns = first.items.map(({ _lsn }) => _lsn)
    yield {
      what: 'first page of the feed, 1,000 events',
      assumed: 'in LSN order, its ETag the last LSN, resource ids of the container; about 1 RU an event',
      found: `${first.items.length} events, ETag ${first.etag}, ${units(first.charge)}`,
      agrees:
        lsns.every((lsn, i) => i === 0 || lsn >= (lsns[i - 1] ?? 0)) &&
        first.etag === `"${lsns.at(-1)}"` &&
        sameContainer(resource?._rid, first.items[0]?._rid),
    }
    const small = await read({ maxItemCount: 1 })
    yield {
      what: 'page of one item from the start: a lag, however far behind',
      assumed: 'one transaction, a unit and one for each of its events; its session token tells the head',
      found: `${small.items.length} items, ${units(small.charge)}, head ${small.head}`,
      agrees: small.items.every(({ _lsn }) => _lsn === small.items[0]?._lsn) && small.head >= (lsns.at(-1) ?? 0),
    }
    const now = await read(ifNoneMatch('*'))
    yield {
      what: 'from now on',
      assumed: 'no items, and an ETag at the head',
      found: `${now.items.length} items, ETag ${now.etag}, head ${now.head}, ${units(now.charge)}`,
      agrees: now.items.length === 0 && lsnOfEtag(now.etag) >= now.head,
    }
    const end = await read(ifNoneMatch(now.etag))
    yield {
      what: 'at the end (304)',
      assumed: 'the ETag that was sent, or one at the head; 1 RU',
      found: `ETag ${end.etag} for ${now.etag}, head ${end.head}, ${units(end.charge)}`,
      agrees: end.items.length === 0 && (end.etag === now.etag || lsnOfEtag(end.etag) >= end.head),
    }
    const past = await page(probe, { ...ifNoneMatch(`"${now.head + 1_000_000}"`), ...inRange(range.id, {}) }).then(
      ({ items, etag }) => `${items.length} items, ETag ${etag}`,
      statusOf,
    )
    yield { what: 'past the end', assumed: 'no items, or 400', found: past }
    const half = '1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'
    const since = new Date(((first.items[0]?._ts ?? 0) - 60) * 1000).toUTCString()
    const parts = await Promise.all(
      [
        ['', half],
        [half, 'FF'],
      ].map(([min, max]) =>
        read({
          maxItemCount: 1000,
          initialHeaders: {
            'x-ms-read-key-type': 'EffectivePartitionKeyRange',
            'x-ms-start-epk': min ?? '',
            'x-ms-end-epk': max ?? '',
            'If-Modified-Since': since,
          },
        }),
      ),
    )
    const counts = parts.map(({ items }) => items.length)
    yield {
      what: 'two halves of the partition since a time',
      assumed: 'each event in one of them',
      found: `${counts.join(' and ')} events`,
      agrees: counts.every((count) => count <= 1000) && counts.some((count) => count > 0),
    }
    let [cost, pages, etag] = [0, 0, '']
    const few: Item[] = []
    for (;;) {
      budget.check()
      const next = await page(probe, { ...ifNoneMatch(etag), partitionKey: STREAMS.few })
      cost += next.charge
      pages++
      few.push(...next.items)
      if (next.items.length === 0 && (next.etag === etag || lsnOfEtag(next.etag) >= next.head)) break
      etag = next.etag
    }
    yield {
      what: `feed of one stream of 6 events, from the start of a partition of ${probe.size}`,
      assumed: 'a scan of the whole partition, so that it is read from about the time of an event',
      found: `${few.length} events, ${units(cost)} in ${pages} pages`,
    }
  },
}

const inRange = (id: string, { initialHeaders }: FeedOptions): FeedOptions => ({
  initialHeaders: { ...initialHeaders, 'x-ms-documentdb-partitionkeyrangeid': id },
})

const ifNoneMatch = (etag: string): FeedOptions =>
  etag === '' ? {} : { accessCondition: { type: 'IfNoneMatch', condition: etag } }

async function page({ events, budget }: Probe, options: FeedOptions) {
  const iterator = events.items.query<Item>(undefined as unknown as SqlQuerySpec, {
    useIncrementalFeed: true,
    ...options,
  })
  const noPlan = Promise.resolve(new Error('no plan'))
  Object.assign(iterator, { queryPlanPromise: noPlan })
  const answer = await iterator.fetchNext()
  const headers = headersOf(answer)
  const charge = budget.charge(headers)
  return {
    items: answer.resources ?? [],
    etag: String(headers.etag ?? ''),
    head: lsnOf(headers['x-ms-session-token']),
    charge,
  }
}

const lsnOfEtag = (etag: string): number => Number(etag.replaceAll('"', '')) || 0

// The first eight bytes.
const sameContainer = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.slice(0, 10) === b.slice(0, 10)
