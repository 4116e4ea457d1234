import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import type { VersionSummary } from '../../../src/processor/versions/listing/list-versions.ts'
import { until } from '../../support/projecting/until.ts'
import { count, counts } from '../../unit/processor/versions/support.ts'
import { said, type Workshop, workshop } from './run-cli.ts'

const SUPPORT = new URL('../../unit/processor/versions/support.ts', import.meta.url).href

type Listed = VersionSummary & { readonly role: string }

/** Writes a folder with one projection. */
async function projectionFolder({ folder }: Workshop, name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  await writeFile(join(path, 'package.json'), '{ "type": "module" }')
  await writeFile(
    join(path, 'counts.ts'),
    `import { counts, poisonous, reacting } from ${JSON.stringify(SUPPORT)}\n${text}\n`,
  )
  return path
}

async function startWorker(shop: Workshop, folder: string) {
  const worker = shop.start(['worker', '--projections', folder])
  await said(worker, /health is at/)
  return {
    ...worker,
    async stop() {
      worker.child.kill('SIGTERM')
      expect(await worker.ended).toMatchObject({ code: 0 })
    },
  }
}

test('a version is built beside another, becomes active, is left, and is dropped', async () => {
  await using shop = await workshop()
  await shop.run(['setup', '--storage', `${shop.storage}?ranges=2`])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await count(storage, 'a:1', 3)
  await count(storage, 'b:1', 4)
  const [one, two] = [
    await projectionFolder(shop, 'one', 'export default counts(1)'),
    await projectionFolder(shop, 'two', 'export default counts(2)'),
  ]
  const list = () => shop.json<Listed[]>(['projections', 'list'])
  const rolesNow = async () => (await list()).map(({ version, role }) => `${version} ${role}`)

  const old = await startWorker(shop, one)
  await until('it has folded all', async () => (await list()).every(({ behind }) => behind === 0))
  expect((await shop.run(['projections', 'status'])).code).toBe(0)
  const leases = await shop.json<{ id: string; owner: string }[]>(['leases', 'list'])
  expect(leases).toHaveLength(2)
  const id = leases[0]?.id as string
  expect(await shop.run(['leases', 'release', id])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^LeaseHeld: /),
  })
  expect(await shop.run(['leases', 'release', id, '--force'])).toMatchObject({ code: 0 })
  expect(await shop.run(['leases', 'release', 'counts:1:x'])).toMatchObject({ code: 3 })

  const young = await startWorker(shop, two)
  await until('the new version is active', async () => (await rolesNow()).join() === '1 old,2 active')
  expect(await storage.views.get(counts(2), 'all')).toEqual({ count: 7 })
  expect(await shop.run(['projections', 'drop', 'counts', '2'])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^VersionActive: /),
  })
  expect(await shop.run(['projections', 'drop', 'counts', '1'])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^VersionInUse: /),
  })
  expect(await shop.json(['projections', 'activate', 'counts', '1'])).toEqual({
    projection: 'counts',
    active: 1,
    previous: 2,
  })
  expect(await rolesNow()).toEqual(['1 active', '2 standby'])
  expect(await shop.json(['projections', 'activate', 'counts', '2', '--wait'])).toMatchObject({ previous: 1 })

  await old.stop()
  expect(await shop.run(['projections', 'drop', 'counts', '1'])).toMatchObject({ code: 0, stderr: '' })
  expect(await rolesNow()).toEqual(['2 active'])
  expect(await shop.run(['projections', 'activate', 'counts', '1'])).toMatchObject({ code: 3 })
  expect(await shop.run(['projections', 'rebuild', 'counts', '2'])).toMatchObject({ code: 4 })
  await young.stop()
  expect((await shop.run(['projections', 'status'])).code).toBe(5)
  await count(storage, 'a:1', 2)
  expect(await shop.run(['projections', 'status', 'counts'])).toMatchObject({
    code: 5,
    stdout: expect.stringMatching(/unowned[\s\S]*2 events behind, not catching up/),
  })
}, 120_000)

test('what is parked is found, tried, replayed and dropped', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await count(storage, 'a:1', 2)
  await count(storage, 'b:1', 2)
  const [bad, good] = [
    await projectionFolder(shop, 'bad', 'export default poisonous(1)'),
    await projectionFolder(shop, 'good', 'export default counts(1)'),
  ]
  const worker = await startWorker(shop, bad)
  const parked = () => shop.json<{ key: string; waiting: number }[]>(['parked', 'list'])
  await until('two views are parked', async () => (await parked()).length === 2, 60_000)
  await worker.stop()

  expect((await shop.run(['parked', 'list'])).stdout).toMatch(/counts +1 +a:1 +a:1@1 +2 .*HandlerFailed: .*poison/)
  expect(await shop.json(['parked', 'show', 'counts', 'a:1'])).toMatchObject({
    event: { streamId: 'a:1', version: 1 },
    document: { eventType: 'Counted' },
    waiting: 2,
  })
  expect((await shop.run(['parked', 'show', 'counts', 'a:1'])).stdout).toContain('Event     a:1@1 Counted')
  expect(await shop.run(['parked', 'show', 'counts', 'nothing'])).toMatchObject({ code: 3 })
  expect(await shop.run(['parked', 'replay', 'counts', 'a:1'])).toMatchObject({ code: 2 })
  expect(await shop.run(['parked', 'replay', 'counts', 'a:1', '--projections', bad])).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('still parked with 2 pending events: a:1@1 failed with HandlerFailed'),
  })
  const replay = ['parked', 'replay', 'counts', 'a:1', '--projections', good]
  expect(await shop.json([...replay, '--dry-run'])).toMatchObject({ before: null, view: { count: 2 }, folded: 2 })
  expect(await parked()).toHaveLength(2)
  expect(await shop.json(replay)).toMatchObject({ unparked: true, view: { count: 2 } })
  const all = ['parked', 'replay', '--all', '--projections']
  const lines = async (args: readonly string[], code: number) => {
    const ran = await shop.run([...args, '--json'])
    expect(ran).toMatchObject({ code, stderr: '' })
    return ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
  expect(await lines([...all, bad], 4)).toMatchObject([{ projection: 'counts', key: 'b:1', outcome: 'parked' }])
  expect(await shop.run([...all, good, '--dry-run'])).toMatchObject({
    code: 0,
    stdout: 'counts b:1: would apply 2 events, and resume\n1 sequence would resume, 0 still parked\n',
  })
  const other = await projectionFolder(shop, 'other', 'export default counts(2)')
  expect(await lines(['parked', 'replay', 'counts', '--all', '--projections', other], 4)).toMatchObject([
    { key: 'b:1', outcome: 'skipped' },
  ])
  expect(await shop.run(['parked', 'replay', 'counts', 'b:1', '--all', '--projections', good])).toMatchObject({
    code: 2,
  })
  const one = ['parked', 'drop', 'counts', 'b:1', '--projections', good]
  expect(await shop.json(one)).toMatchObject({ unparked: true, folded: 1, dropped: 1, view: { count: 1 } })
  expect(await shop.run(one)).toMatchObject({ code: 3, stderr: expect.stringMatching(/^NotParked: /) })
  expect(await parked()).toEqual([])
  expect(await shop.run([...all, good])).toMatchObject({ code: 0, stdout: 'Nothing is parked\n' })
  expect(await shop.json(['parked', 'drop', 'counts', '--event', 'a:1@2'])).toMatchObject({ skips: { version: 2 } })
}, 120_000)

test('the parked streams of a reaction are found, replayed and dropped, too', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await count(storage, 'a:1', 2)
  await count(storage, 'b:1', 3)
  const [bad, good] = [
    await projectionFolder(shop, 'bad', 'export default reacting(false)'),
    await projectionFolder(shop, 'good', 'export default reacting(true)'),
  ]
  const worker = await startWorker(shop, bad)
  const parked = () => shop.json<{ key: string; waiting: number }[]>(['parked', 'list', 'counts'])
  await until('two streams are parked', async () => (await parked()).length === 2, 60_000)
  await worker.stop()
  expect((await parked()).map(({ key, waiting }) => `${key} ${waiting}`)).toEqual(['a:1 2', 'b:1 3'])
  expect(await shop.json(['parked', 'show', 'counts', 'b:1'])).toMatchObject({ event: { version: 1 }, waiting: 3 })
  const replay = ['parked', 'replay', 'counts', 'a:1', '--projections']
  expect((await shop.run([...replay, bad])).code).toBe(4)
  expect(await shop.json([...replay, good])).toMatchObject({ unparked: true })
  expect(await shop.json(['parked', 'drop', 'counts', 'b:1', '--all'])).toMatchObject({ dropped: 3 })
  expect(await parked()).toEqual([])
  expect(await shop.json<Listed[]>(['projections', 'list'])).toMatchObject([{ projection: 'counts', active: true }])
}, 120_000)
