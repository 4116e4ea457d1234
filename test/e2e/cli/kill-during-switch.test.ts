import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { activeVersion } from '../../../src/views/active-version.ts'
import { until } from '../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../support/projecting/views.ts'
import { startReaders } from '../../unit/processor/versions/readers.ts'
import { count, counts } from '../../unit/processor/versions/support.ts'
import { type Running, workshop } from './run-cli.ts'

const STREAMS = ['a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a:6']
const SUPPORT = new URL('../../unit/processor/versions/support.ts', import.meta.url).href
const KILLS = 12
const ENVIRONMENT = { LEASE_DURATION: '300', LOG_LEVEL: 'error' }

test('workers of both versions are killed while a version is built and switched to', async () => {
  await using shop = await workshop()
  await using storage = await openEmbedded(join(shop.folder, 'data'), { ranges: 4 })
  const folders = await Promise.all(
    [1, 2].map(async (version) => {
      const folder = join(shop.folder, `version-${version}`)
      await mkdir(folder)
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      const text = `import { counts } from ${JSON.stringify(SUPPORT)}\nexport default counts(${version})\n`
      await writeFile(join(folder, 'counts.ts'), text)
      return folder
    }),
  )
  const workers: (Running | undefined)[] = []
  const start = (i: number) => {
    workers[i] = shop.start(['worker', '--projections', folders[i] as string], ENVIRONMENT)
  }

  const last = new Map<string, readonly [string, number]>()
  const append = async (streamId: string, times: number) => {
    const position = await count(storage, streamId, times)
    last.set(streamId, [position, (last.get(streamId)?.[1] ?? 0) + times])
  }
  for (const streamId of STREAMS) for (let i = 0; i < 4; i++) await append(streamId, 500)
  start(0)
  await until('version 1 is active', async () => (await activeVersion(storage.viewStore, 'counts')) === 1)

  let writing = true
  const writer = (async () => {
    for (let i = 0; writing; i++) {
      await append(STREAMS[i % STREAMS.length] as string, 1)
      await systemClock.sleep(5)
    }
  })()
  const readers = startReaders(storage, STREAMS, (streamId) => last.get(streamId))
  start(1)
  for (let kill = 0; kill < KILLS; kill++) {
    await systemClock.sleep(Math.random() * 1500)
    const i = kill % 3 === 2 ? 0 : 1
    workers[i]?.child.kill('SIGKILL')
    await workers[i]?.ended
    start(i)
  }
  await until('version 2 is active', async () => (await activeVersion(storage.viewStore, 'counts')) === 2, 30_000)
  await systemClock.sleep(300)
  writing = false
  await writer
  expect(await readers.stop()).toBeGreaterThan(100)
  const folded = JSON.stringify([...(await plainFold(storage, counts(2)))].sort())
  await until(
    'version 2 equals the plain fold',
    async () => JSON.stringify([...(await storedViews(storage, counts(2)))].sort()) === folded,
  )
}, 120_000)
