import assert from 'node:assert/strict'
import { onTestFinished, test } from 'vitest'
import { encodeContinuation } from '../../../../../src/adapters/cosmos/feed/continuation.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import type { FeedPage, FeedRange, FeedStart } from '../../../../../src/core/port/change-feed.ts'
import { type CosmosRequest, cosmosEmulator, type Fault } from '../../../../../src/cosmos-emulator/index.ts'
import { inZone } from '../../../../support/in-zone.ts'
import { DATABASE, openParts, type Parts } from '../support/parts.ts'

const WHOLE: FeedRange = { min: '', max: 'FF' }
const HALF = '20000000000000000000000000000000'

const isFeed = ({ headers }: CosmosRequest): boolean => headers['a-im'] !== undefined
const isError = (code: string) => (error: unknown) => (error as { code?: string }).code === code

/** The machine's clock, which can be put forward past the time for which ranges are remembered. */
function clockAhead() {
  let ahead = 0
  const forward = () => {
    ahead += 60_000
  }
  return { now: () => systemClock.now() + ahead, sleep: systemClock.sleep, forward }
}

/** An emulator with one opening of it, and the requests that come from now on. */
async function start(partitions = 1, options?: Parameters<typeof openParts>[1]) {
  const emulator = cosmosEmulator({ partitions })
  const parts = await openParts(emulator, options)
  onTestFinished(parts.close)
  const requests: CosmosRequest[] = []
  const record = (request: CosmosRequest, response: unknown) => {
    if (response === undefined) requests.push(request)
    return undefined
  }
  emulator.faults = record
  return { emulator, parts, requests, record }
}

/** Pages up to the end of a range. */
async function pagesOf({ feed }: Parts, range: FeedRange, from: FeedStart = 'start', limit = 100): Promise<FeedPage[]> {
  const pages = [await feed.read(range, from, { limit })]
  while (pages.at(-1)?.caughtUp === false) {
    pages.push(await feed.read(range, pages.at(-1)?.continuation as string, { limit }))
  }
  return pages
}

const idsOf = (pages: readonly FeedPage[]): string[] =>
  pages.flatMap(({ events }) => events.map(({ event }) => event.id))

test('after a merge, each part is asked for by its own hashes', async () => {
  const timing = clockAhead()
  const { emulator, parts, requests } = await start(1, { timing })
  for (let i = 0; i < 20; i++) await parts.append(`s:${i}`, 1)
  const [low, high] = emulator.split(DATABASE, 'events', '0', HALF)
  assert.deepEqual(await parts.feed.ranges(), [
    { ...WHOLE, max: HALF },
    { ...WHOLE, min: HALF },
  ])
  emulator.merge(DATABASE, 'events', low, high)
  timing.forward()
  const ranges = await parts.feed.ranges()
  assert.equal(ranges.length, 2)
  requests.length = 0
  const found = await Promise.all(ranges.map((range) => pagesOf(parts, range)))
  assert.equal(idsOf(found.flat()).length, 20)
  assert.ok(found.every((pages) => idsOf(pages).length > 0))
  const asked = requests
    .filter(isFeed)
    .map(({ headers }) => [headers['x-ms-start-epk'], headers['x-ms-end-epk'], headers['x-ms-read-key-type']])
  const type = 'EffectivePartitionKeyRange'
  for (const one of asked)
    assert.ok(
      [
        ['', HALF, type],
        [HALF, 'FF', type],
      ].some((of) => of.join() === one.join()),
      `${one}`,
    )
})

test('whoever polls at the end makes one request each time', async () => {
  const { emulator, parts, requests } = await start()
  emulator.staleReads = 2
  await parts.append('s:1', 3)
  let [{ continuation }] = (await pagesOf(parts, WHOLE)) as [FeedPage]
  ;({ continuation } = await parts.feed.read(WHOLE, continuation))
  requests.length = 0
  for (let i = 0; i < 5; i++) ({ continuation } = await parts.feed.read(WHOLE, continuation))
  assert.equal(requests.length, 5)
  await parts.append('s:1', 1)
  requests.length = 0
  assert.deepEqual(idsOf([await parts.feed.read(WHOLE, continuation)]), ['s:1:4'], 'and sees what it writes itself')
  assert.equal(requests.filter(isFeed).length, 1, 'at once')
})

test("'now' is behind what anybody has written, however old the replicas are", async () => {
  const { emulator, parts } = await start(4)
  const other = await openParts(emulator)
  onTestFinished(other.close)
  for (const range of await parts.feed.ranges()) await parts.feed.read(range, 'start')
  emulator.staleReads = 5
  for (let i = 0; i < 40; i++) await other.append(`s:${i}`, 1)
  const lsns = new Map(emulator.partitions(DATABASE, 'events').map(({ min, lsn }) => [min, lsn]))
  for (const range of await parts.feed.ranges()) {
    const { head, events } = await parts.feed.lag(range, 'now')
    assert.deepEqual([head, events], [lsns.get(range.min), 0])
    assert.deepEqual((await parts.feed.read(range, 'now')).readTo, head)
  }
})

test('a handle reads what it wrote, from replicas that are behind too', async () => {
  const { emulator, parts } = await start(2)
  emulator.staleReads = 3
  const places = new Map<string, FeedStart>()
  for (let i = 1; i <= 12; i++) {
    await parts.append(`s:${i % 4}`, 1)
    const found: string[] = []
    for (const range of await parts.feed.ranges()) {
      const pages = await pagesOf(parts, range, places.get(range.min))
      places.set(range.min, pages.at(-1)?.continuation as string)
      found.push(...idsOf(pages))
    }
    assert.equal(found.length, 1, `round ${i}`)
  }
})

test('a replica that is so far behind that the SDK leaves the session out is asked again', async () => {
  const { emulator, parts } = await start()
  emulator.staleReads = 5
  for (let i = 0; i < 3; i++) await parts.append('s:1', 1)
  let left = 2
  emulator.faults = (request, response) => {
    const isAsked = isFeed(request) && request.headers['x-ms-session-token'] !== undefined && response === undefined
    return isAsked && left-- > 0 ? { answer: { status: 404, substatus: 1002 } } : undefined
  }
  assert.equal((await parts.feed.read(WHOLE, 'start')).events.length, 3)
  assert.ok(left < 2)
})

test('a place that another handle came to is read on from a replica that is behind', async () => {
  const { emulator, parts } = await start()
  emulator.staleReads = 2
  await parts.append('s:1', 1)
  await parts.append('s:1', 1)
  const [{ continuation }] = (await pagesOf(parts, WHOLE)) as [FeedPage]
  const other = await openParts(emulator)
  onTestFinished(other.close)
  const page = await other.feed.read(WHOLE, continuation)
  assert.deepEqual([page.events, page.caughtUp, page.readTo], [[], true, 2])
})

test('a place past the end of the log is TidemarkAheadOfLog', async () => {
  // Ten times as fast as the machine, so that nobody waits for a server that never comes up to it.
  const timing = {
    now: systemClock.now,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 10, signal),
  }
  const { parts } = await start(1, { timing })
  await parts.append('s:1', 1)
  const ahead = encodeContinuation(parts.handle.incarnation, WHOLE, { etag: '"9"', readTo: 9 })
  await assert.rejects(parts.feed.read(WHOLE, ahead), (error: { code?: string; lsn?: number; head?: number }) => {
    assert.deepEqual([error.code, error.lsn, error.head], ['TidemarkAheadOfLog', 9, 1])
    return true
  })
})

test('a container in the place of the one that was opened is another log', async () => {
  const { emulator, parts } = await start()
  await parts.append('s:1', 1)
  const { container } = parts.handle.containers.events
  await container.delete()
  const other = await openParts(emulator)
  onTestFinished(other.close)
  await assert.rejects(parts.feed.read(WHOLE, 'start'), isError('IncarnationMismatch'))
})

test('a split is a range that is gone, and what was read of the whole holds for the parts', async () => {
  const { emulator, parts } = await start()
  for (let i = 0; i < 20; i++) await parts.append(`s:${i}`, 1)
  const first = await parts.feed.read(WHOLE, 'start', { limit: 8 })
  emulator.split(DATABASE, 'events', '0', HALF)
  for (let i = 0; i < 20; i++) await parts.append(`s:${i}`, 1)
  await assert.rejects(parts.feed.read(WHOLE, first.continuation), isError('FeedRangeGone'))
  await assert.rejects(parts.feed.lag(WHOLE, first.continuation), isError('FeedRangeGone'))
  const rest: string[] = []
  for (const range of await parts.feed.ranges()) {
    for (const page of await pagesOf(parts, range, first.continuation, 5)) {
      assert.ok(page.events.every(({ range: of }) => of.min === range.min && of.max === range.max))
      rest.push(...idsOf([page]))
    }
  }
  assert.equal(rest.length, 32)
  assert.equal(new Set([...idsOf([first]), ...rest]).size, 40)
})

test('who finds a split stores it before a merge can hide it, for others as well', async () => {
  const { emulator, parts } = await start()
  const timing = clockAhead()
  const other = await openParts(emulator, { timing })
  onTestFinished(other.close)
  for (const { feed } of [parts, other]) assert.deepEqual(await feed.ranges(), [WHOLE])
  const [low, high] = emulator.split(DATABASE, 'events', '0', HALF)
  await assert.rejects(parts.feed.read(WHOLE, 'start'), isError('FeedRangeGone'))
  emulator.merge(DATABASE, 'events', low, high)
  assert.equal((await parts.feed.ranges()).length, 2)
  assert.equal((await other.feed.ranges()).length, 1, 'some seconds late')
  timing.forward()
  assert.equal((await other.feed.ranges()).length, 2)
  await assert.rejects(other.feed.read(WHOLE, 'start'), isError('FeedRangeGone'))
})

test('a lag is counted near the end, and told by LSN for two units where it is far behind', async () => {
  const { parts } = await start()
  for (let i = 0; i < 15; i++) await parts.append(`s:${i}`, 2)
  assert.equal((await parts.feed.lag(WHOLE, 'start')).events, 30)
  for (let i = 0; i < 300; i++) await parts.append(`t:${i}`, 1)
  parts.charges.length = 0
  const { events, head, oldest } = await parts.feed.lag(WHOLE, 'start')
  assert.deepEqual([events, head], [315, 315])
  const [first] = parts.charges
  assert.ok(parts.charges.length === 1 && first?.requests === 1 && first.charge < 4, JSON.stringify(parts.charges))
  assert.equal(oldest, (await parts.feed.read(WHOLE, 'start')).events[0]?.event.metadata.recordedAt)
  const { continuation } = await parts.feed.read(WHOLE, 'start', { limit: 320 })
  assert.equal((await parts.feed.lag(WHOLE, continuation)).events, 330 - 320)
})

test('husks are hidden, and a page of nothing else is passed over', async () => {
  const { parts } = await start()
  const { container } = parts.handle.containers.events
  for (let i = 1; i <= 12; i++) {
    await container.items.create({
      id: `h:1:${i}`,
      stream: { id: 'h:1', version: i },
      eventType: '$husk',
      eventData: {},
    })
  }
  await parts.append('s:1', 1)
  const page = await parts.feed.read(WHOLE, 'start', { limit: 2 })
  assert.deepEqual(idsOf([page]), ['s:1:1'])
  assert.deepEqual(await parts.feed.lag(WHOLE, 'start'), {
    events: 1,
    oldest: page.events[0]?.event.metadata.recordedAt,
    head: 13,
  })
})

test('events without metadata, as the .NET demo writes them, are given and found by time', async () => {
  const { parts } = await start()
  const { container } = parts.handle.containers.events
  const event = { stream: { id: 'meter:1', version: 1 }, eventType: 'MeterRegistered', eventData: { meterId: '1' } }
  const { resource } = await container.items.create({ id: 'meter:1:1', ...event })
  const recordedAt = new Date(Number(resource?._ts) * 1000)
  for (const from of ['start', recordedAt] as const) {
    const [found, ...others] = (await parts.feed.read(WHOLE, from)).events
    assert.deepEqual(others, [])
    assert.deepEqual(found?.event, {
      id: 'meter:1:1',
      ...event,
      metadata: { eventId: 'meter:1:1', recordedAt: recordedAt.toISOString() },
    })
    assert.match(String(found?.appendId), /1@meter:1/)
  }
  const later = new Date(recordedAt.getTime() + 5000)
  assert.deepEqual((await parts.feed.read(WHOLE, later)).events, [])
})

test('a time without an offset is one in UTC, whatever time zone the process is in', async () => {
  const { parts } = await start()
  const { container } = parts.handle.containers.events
  const time = new Date(Math.floor(Date.now() / 1000) * 1000)
  const recordedAt = time.toISOString().replace('.000Z', '')
  const event = { stream: { id: 'meter:1', version: 1 }, eventType: 'MeterRegistered', eventData: {} }
  await container.items.create({ id: 'meter:1:1', ...event, metadata: { eventId: 'a', recordedAt } })
  for (const zone of ['Asia/Tokyo', 'America/New_York']) {
    await inZone(zone, async () => {
      assert.deepEqual(idsOf([await parts.feed.read(WHOLE, time)]), ['meter:1:1'])
      assert.deepEqual(idsOf([await parts.feed.read(WHOLE, new Date(time.getTime() + 1000))]), [])
      assert.equal((await parts.feed.lag(WHOLE, 'start')).oldest, time.toISOString())
    })
  }
})

test('a date is found in a part of a partition, behind many events that are older', async () => {
  const { emulator, parts } = await start()
  for (let i = 0; i < 1500; i += 50) await parts.append(`old:${i}`, 50)
  const time = new Date(Date.now() + 5)
  await new Promise((resolve) => setTimeout(resolve, 10))
  const young = Array.from({ length: 30 }, (_, i) => `s:${i}`)
  for (const id of young) await parts.append(id, 1)
  const [low, high] = emulator.split(DATABASE, 'events', '0', HALF)
  await parts.feed.ranges()
  emulator.merge(DATABASE, 'events', low, high)
  const found: string[] = []
  for (const range of await parts.feed.ranges()) found.push(...idsOf(await pagesOf(parts, range, time, 3)))
  assert.deepEqual(found.toSorted(), young.map((id) => `${id}:1`).toSorted())
})

test('throttling, lost answers and servers that fail are waited out', async () => {
  const { emulator, parts } = await start()
  await parts.append('s:1', 3)
  const faults: Fault[] = [
    { answer: { status: 429, substatus: 3200, retryAfter: 1 } },
    { answer: { status: 449 } },
    { answer: { status: 410, substatus: 1002 } },
    { answer: { status: 503 } },
    { answer: { status: 408 } },
    { cut: true },
  ]
  for (const fault of faults) {
    let left = 1
    emulator.faults = (request, response) =>
      isFeed(request) && response === undefined && left-- > 0 ? fault : undefined
    assert.equal((await parts.feed.read(WHOLE, 'start')).events.length, 3, JSON.stringify(fault))
    assert.ok(left < 1)
  }
})

test('a read that is aborted ends with the reason while the server is still silent', async () => {
  const { emulator, parts } = await start()
  await parts.feed.ranges()
  emulator.faults = (request) => (isFeed(request) ? { delay: 60_000 } : undefined)
  const controller = new AbortController()
  const reading = parts.feed.read(WHOLE, 'start', { signal: controller.signal })
  const reason = new Error('enough')
  setTimeout(() => controller.abort(reason), 20)
  await assert.rejects(reading, reason)
})

test('changed wakes for what the handle commits itself, else after the poll interval, and when it closes', async () => {
  const never = new AbortController().signal
  const { parts } = await start(1, { pollInterval: 60_000 })
  const own = parts.feed.changed(never)
  await parts.append('s:1', 1)
  await own
  const closing = Promise.all([parts.feed.changed(never), parts.views.changed(never)])
  await parts.close()
  await closing
  await assert.rejects(parts.feed.changed(never), isError('StorageClosed'))
  const { parts: polling } = await start(1, { pollInterval: 5 })
  await Promise.all([polling.feed.changed(never), polling.views.changed(never)])
})
