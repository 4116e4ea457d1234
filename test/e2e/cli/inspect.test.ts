import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { listVersions } from '../../../src/processor/versions/listing/list-versions.ts'
import { pauseVersion } from '../../../src/processor/versions/pause-version.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { count, counts } from '../../unit/processor/versions/support.ts'
import { workshop } from './run-cli.ts'

const parsed = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('streams and views are listed, a part at a time', async () => {
  await using shop = await workshop()
  await shop.run(['setup', '--storage', `${shop.storage}?ranges=2`])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  for (const [stream, times] of [
    ['a:1', 3],
    ['a:2', 1],
    ['b:1', 2],
  ] as const)
    await count(storage, stream, times)
  await using processor = await startProcessor(storage, [counts(1)])
  await untilCaughtUp(storage, [counts(1)])
  await processor.stop()

  expect((await shop.run(['streams', 'list'])).stdout).toBe('a:1\na:2\nb:1\n')
  expect((await shop.run(['streams', 'list', '--category', 'a', '--versions'])).stdout).toBe(
    'a:1  3 events\na:2  1 event\n',
  )
  expect(parsed((await shop.run(['streams', 'list', '--after', 'a:1', '--limit', '1', '--json'])).stdout)).toEqual([
    { stream: 'a:2' },
  ])
  expect((await shop.run(['views', 'get', 'counts', 'all'])).stdout).toBe('{\n  "count": 6\n}\n')
  expect(await shop.json(['views', 'get', 'counts', 'a:1'])).toEqual({ count: 3 })
  expect(await shop.run(['views', 'get', 'counts', 'none'])).toMatchObject({
    code: 3,
    stderr: 'ViewNotFound: Projection counts has no view none\n',
  })
  const first = await shop.run(['views', 'list', 'counts', '--order-by', 'count:descending', '--limit', '2'])
  expect(first.stdout).toBe('all  {"count":6}\na:1  {"count":3}\n')
  const after = /--after (\S+)\n$/.exec(first.stderr)?.[1] as string
  const rest = ['views', 'list', 'counts', '--order-by', 'count:descending', '--json', '--after', after]
  expect(parsed((await shop.run(rest)).stdout).map(({ key }) => key)).toEqual(['b:1', 'a:2'])
  const some = await shop.run(['views', 'list', 'counts', '--where', '{"count":{"gte":3}}', '--all', '--json'])
  expect(parsed(some.stdout)).toEqual([
    { key: 'a:1', data: { count: 3 } },
    { key: 'all', data: { count: 6 } },
  ])
  expect(await shop.run(['views', 'list', 'counts', '--where', '[1]'])).toMatchObject({ code: 2, stdout: '' })
  expect(await shop.run(['views', 'list', 'none'])).toMatchObject({ code: 3 })
  expect((await shop.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
}, 180_000)

test('a projection is paused on all workers, says so everywhere, and is resumed', async () => {
  await using shop = await workshop()
  await shop.run(['setup', '--storage', `${shop.storage}?ranges=1`])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  const options = { pollInterval: 50, renewInterval: 50 }
  await using first = await startProcessor(storage, [counts(1)], { ...options, workerId: 'one' })
  await using second = await startProcessor(storage, [counts(1)], { ...options, workerId: 'two' })
  const owner = async () => (await first.status()).ranges[0]?.owner
  await until('a worker has the range', async () => (await owner()) !== null)

  const workers = await shop.run(['workers', 'list'])
  expect(workers.stdout).toMatch(/ active +1 +1 .* counts:1 /)
  expect(workers.stdout).toMatch(/ standby +0 +0 .* counts:1 /)
  const position = await count(storage, 'a:1', 2)
  await storage.views.waitFor(counts(1), 'all', position)
  expect(await shop.run(['projections', 'pause', 'counts', '--wait'])).toMatchObject({
    code: 0,
    stdout: 'Paused version 1 of counts; no worker processes it\n',
  })
  expect((await shop.run(['projections', 'pause', 'counts'])).stdout).toMatch(/already paused, since/)
  const later = await count(storage, 'a:1')
  await expect(storage.views.waitFor(counts(1), 'all', later, { timeout: 50 })).rejects.toMatchObject({
    code: 'WaitTimedOut',
    reason: 'paused',
  })
  const status = await shop.run(['projections', 'status'])
  expect(status).toMatchObject({ code: 0 })
  expect(status.stdout).toMatch(/counts +1 +active +0-FF +paused +(one|two) +\d+ +1 /)
  expect(status.stdout).toMatch(/counts 1: paused since \S+, 1 event behind\n/)
  expect(status.stdout).toMatch(/Worker (one|two) is standby: other workers own all ranges\n/)
  expect(await shop.run(['projections', 'pause', 'none'])).toMatchObject({ code: 3 })

  expect((await shop.run(['projections', 'resume', 'counts', '--version', '1'])).stdout).toMatch(/^Resumed version 1/)
  expect(await storage.views.waitFor(counts(1), 'all', later)).toEqual({ count: 3 })
  expect((await shop.run(['projections', 'resume', 'counts'])).stdout).toBe('Version 1 of counts was not paused\n')
  expect(await shop.run(['leases', 'release', 'counts:1:0-FF', '--force'])).toMatchObject({ code: 0 })
  await second.stop()
}, 180_000)

test('a version that is paused and behind is not waited for', async () => {
  await using shop = await workshop()
  await shop.run(['setup', '--storage', `${shop.storage}?ranges=1`])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  for (const version of [1, 2]) {
    await using _ = await startProcessor(storage, [counts(version)])
    await untilCaughtUp(storage, [counts(version)])
    await until('it is active', async () =>
      (await listVersions(storage)).some((one) => one.active && one.version === version),
    )
  }
  await pauseVersion(storage, { name: 'counts', version: 1 })
  await count(storage, 'a:1')
  const { child, ended } = shop.start(['projections', 'activate', 'counts', '1', '--wait'])
  const tooLong = setTimeout(() => child.kill('SIGTERM'), 20_000)
  expect(await ended).toMatchObject({ code: 4, stderr: expect.stringContaining('it has been paused since') })
  clearTimeout(tooLong)
}, 60_000)
