import { expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { type ProcessorOptions, startProcessor } from '../../../../src/processor/processor.ts'
import { healthOf } from '../../../../src/processor/status/health.ts'
import { gaugesOf } from '../../../../src/processor/status/metrics.ts'
import { activateVersion } from '../../../../src/processor/versions/activate-version.ts'
import { dropVersion } from '../../../../src/processor/versions/drop-version.ts'
import { listVersions } from '../../../../src/processor/versions/listing/list-versions.ts'
import { pauseVersion, rangesAtWork, resumeVersion } from '../../../../src/processor/versions/pause-version.ts'
import type { VersionNotice } from '../../../../src/processor/versions/version-notice.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { count, counts } from './support.ts'

const ONE = { name: 'counts', version: 1 }
const QUICK = { leaseDuration: 600, pollInterval: 20, renewInterval: 20 }

const start = (port: StoragePort, projections: readonly Projection[], more: ProcessorOptions = {}) =>
  startProcessor(port, projections, { ...QUICK, ...more })

const stopped = (port: StoragePort, which = ONE) =>
  until('no range is at work', async () => (await rangesAtWork(port, which)) === 0)

const allOf = async (port: StoragePort) => (await withViews(port).views.get(counts(1), 'all'))?.count

it('stops a projection on all ranges of all workers, and resumes it where it was', async () => {
  await using port = openMemory({ ranges: 4 })
  const notices: VersionNotice[] = []
  await using first = await start(port, [counts(1)], { workerId: 'w1', onVersion: (notice) => notices.push(notice) })
  await using second = await start(port.reopen(), [counts(1)], { workerId: 'w2' })
  for (let i = 0; i < 20; i++) await count(port, `a:${i}`)
  await untilCaughtUp(port, [counts(1)])

  const { since, already } = await pauseVersion(port, ONE)
  expect(already).toBe(false)
  expect(await pauseVersion(port, ONE)).toEqual({ since, already: true })
  await stopped(port)
  for (let i = 0; i < 20; i++) await count(port, `a:${i}`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await allOf(port)).toBe(20)

  const [summary] = await listVersions(port)
  expect(summary).toMatchObject({ paused: since, behind: 20 })
  expect(summary?.ranges.map(({ state }) => state)).toEqual(Array(4).fill('paused'))
  for (const processor of [first, second]) {
    const status = await processor.status()
    expect(status.ranges.map(({ state, pausedSince }) => [state, pausedSince])).toEqual(
      Array(4).fill(['paused', since]),
    )
    expect(healthOf(status, Date.now() + 3_600_000).status).toBe('ok')
    const gauges = gaugesOf(status, Date.now()).filter(({ gauge }) => /paused|stalled/.test(gauge))
    expect(new Set(gauges.map(({ gauge, value }) => `${gauge} ${value}`))).toEqual(
      new Set(['tidemark.range.paused 1', 'tidemark.range.stalled 0']),
    )
  }

  expect(await resumeVersion(port, ONE)).toBe(since)
  expect(await resumeVersion(port, ONE)).toBeNull()
  await until('all is counted', async () => (await allOf(port)) === 40)
  expect(notices).toMatchObject([
    { kind: 'paused', since },
    { kind: 'resumed', since },
  ])
  expect((await first.status()).ranges.every(({ pausedSince }) => pausedSince === null)).toBe(true)
})

it('outlives workers, and a range that is cut', async () => {
  await using port = openMemory({ ranges: 2 })
  await using other = await start(port, [counts(1)])
  await untilCaughtUp(port, [counts(1)])
  await pauseVersion(port, ONE)
  await other.stop()
  await count(port, 'a:1', 3)
  await using processor = await start(port, [counts(1)])
  port.split('08000000')
  await until('three ranges are paused', async () => {
    const { ranges } = await processor.status()
    return ranges.length === 3 && ranges.every(({ state, owner }) => state === 'paused' && owner !== null)
  })
  await until('its lag is seen', async () => {
    const { ranges } = await processor.status()
    return ranges.reduce((sum, { behind }) => sum + (behind ?? 0), 0) === 3
  })
  expect(await allOf(port)).toBeUndefined()
  await resumeVersion(port, ONE)
  await until('all is counted', async () => (await allOf(port)) === 3)
})

it('takes no version up to readers, and ends when the version is dropped', async () => {
  await using port = openMemory()
  await count(port, 'a:1', 2)
  await using old = await start(port, [counts(1)])
  await untilCaughtUp(port, [counts(1)])
  await pauseVersion(port, { name: 'counts', version: 1 })
  const two = { name: 'counts', version: 2 }
  const three = { name: 'counts', version: 3 }
  await expect(pauseVersion(port, two)).rejects.toMatchObject({ code: 'UnknownVersion', version: 2 })
  await expect(resumeVersion(port, two)).rejects.toMatchObject({ code: 'UnknownVersion' })
  for (const name of ['none', '$workers', '$pauses']) {
    await expect(pauseVersion(port, { name, version: 1 })).rejects.toMatchObject({ code: 'UnknownVersion' })
    await expect(listVersions(port, name)).rejects.toMatchObject({ code: 'UnknownVersion' })
  }

  // A newer version catches up with one that is paused, and takes over from it.
  await using young = await start(port.reopen(), [counts(2)])
  await until('version 2 is active', async () =>
    (await listVersions(port, 'counts')).some((v) => v.active && v.version === 2),
  )
  await using youngest = await start(port.reopen(), [counts(3)], { onVersion: () => {} })
  await pauseVersion(port, three)
  await stopped(port, three)
  await young.stop()
  await old.stop()
  await pauseVersion(port, { name: 'counts', version: 1 })
  await expect(activateVersion(port, { name: 'counts', version: 1 })).resolves.toBeGreaterThan(1)
  await count(port, 'a:1')
  await expect(activateVersion(port, three)).rejects.toMatchObject({
    code: 'VersionBehind',
    message: expect.stringContaining('it has been paused since'),
  })
  await youngest.stop()
  await dropVersion(port, three)
  await using again = await start(port, [counts(3)])
  await untilCaughtUp(port, [counts(3)])
  expect((await again.status()).ranges.every(({ pausedSince }) => pausedSince === null)).toBe(true)
}, 60_000)

it('stops a reaction between two calls of a handler, and skips nothing afterwards', async () => {
  await using port = openMemory()
  const called: number[] = []
  let proceed = () => {}
  const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as never
  const mails = defineReaction('mails', {
    events: defineEvents({ Counted: anything }),
    from: 'start',
    on: {
      Counted: async (event) => {
        called.push(event.version)
        if (event.version === 2) await new Promise<void>((resolve) => (proceed = resolve))
      },
    },
  })
  await count(port, 'a:1', 5)
  await using _ = await start(port, [mails])
  await until('the second call is under way', () => called.length === 2)
  const which = { name: 'mails', version: 1 }
  await pauseVersion(port, which)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await rangesAtWork(port, which)).toBe(1)
  proceed()
  await stopped(port, which)
  expect(called).toEqual([1, 2])
  await resumeVersion(port, which)
  await until('all are called', () => called.length === 5)
  expect(called).toEqual([1, 2, 3, 4, 5])
})

it('goes on trying nothing while it is paused, whatever the storage does', async () => {
  const port = openMemory()
  await using storage = port
  await using processor = await start(
    { ...port, feed: { ...port.feed, lag: async () => Promise.reject(new Error('no lag')) } },
    [counts(1)],
  )
  await untilCaughtUp(port, [counts(1)])
  await pauseVersion(storage, ONE)
  await stopped(storage)
  await until('its failure is told', async () => (await processor.status()).ranges[0]?.error?.message === 'no lag')
  expect((await processor.status()).ranges[0]?.state).toBe('paused')
  await resumeVersion(storage, ONE)
  await count(storage, 'a:1')
  await until('it is counted', async () => (await allOf(storage)) === 1)
})

it('counts a range as at work from its resumption on, also when it is paused again at once', async () => {
  await using port = openMemory()
  const called: number[] = []
  let proceed = () => {}
  const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as never
  const mails = defineReaction('mails', {
    events: defineEvents({ Counted: anything }),
    from: 'start',
    on: {
      Counted: async (event) => {
        called.push(event.version)
        await new Promise<void>((resolve) => (proceed = resolve))
      },
    },
  })
  const which = { name: 'mails', version: 1 }
  // So rarely that nothing but the pause itself is stored meanwhile.
  const rarely = { leaseDuration: 60_000, renewInterval: 20_000 }
  // With another worker, it looks at the leases often.
  await using _ = await start(port.reopen(), [counts(1)], { ...rarely, workerId: 'w1' })
  await using __ = await start(port, [mails], { ...rarely, workerId: 'w2' })
  await pauseVersion(port, which)
  await stopped(port, which)
  await count(port, 'a:1')
  await resumeVersion(port, which)
  await until('the call is under way', () => called.length === 1)
  await pauseVersion(port, which)
  expect(await rangesAtWork(port, which)).toBe(1)
  proceed()
  await stopped(port, which)
})

it('leaves everything as it was when the storage fails in the middle of the command', async () => {
  await using port = openMemory({ ranges: 2 })
  await using _ = await start(port, [counts(1)])
  await count(port, 'a:1')
  await untilCaughtUp(port, [counts(1)])
  let reads = 0
  const get: StoragePort['viewStore']['get'] = async (ref) => {
    if (++reads === 2) throw new StorageUnavailable('lost on the way')
    return port.viewStore.get(ref)
  }
  const failing = () => {
    reads = 0
    return { ...port, viewStore: { ...port.viewStore, get } }
  }
  await expect(pauseVersion(failing(), ONE)).rejects.toMatchObject({ code: 'StorageUnavailable' })
  await count(port, 'a:2')
  await untilCaughtUp(port, [counts(1)])

  const { since } = await pauseVersion(port, ONE)
  await stopped(port)
  await expect(pauseVersion(failing(), ONE)).rejects.toMatchObject({ code: 'StorageUnavailable' })
  expect((await listVersions(port))[0]).toMatchObject({ paused: since })
  expect(await resumeVersion(port, ONE)).toBe(since)
  await count(port, 'a:3')
  await untilCaughtUp(port, [counts(1)])
  expect(await allOf(port)).toBe(3)
})
