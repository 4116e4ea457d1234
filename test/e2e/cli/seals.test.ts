import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { until } from '../../support/projecting/until.ts'
import { count } from '../../unit/processor/versions/support.ts'
import { said, type Workshop, workshop } from './run-cli.ts'

const SUPPORT = new URL('../../unit/processor/versions/support.ts', import.meta.url).href

/** Runs a worker on a version of the projection, and returns how its health server is reached. */
async function startWorker({ folder, start }: Workshop, version: number, environment: Record<string, string> = {}) {
  const path = join(folder, `v${version}`)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'package.json'), '{ "type": "module" }')
  const text = `import { counts } from ${JSON.stringify(SUPPORT)}\nexport default counts(${version})\n`
  await writeFile(join(path, 'counts.ts'), text)
  const worker = start(['worker', '--projections', path], environment)
  let output = ''
  worker.child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  await said(worker, /health is at/)
  return {
    status: async () => (await fetch(`${/http:\S+(?=\/health)/.exec(output)?.[0]}/status`)).text(),
    output: () => output,
    async stop() {
      worker.child.kill('SIGTERM')
      expect(await worker.ended).toMatchObject({ code: 0 })
    },
  }
}

const view = ['views', 'get', 'counts', 'all']

test('seals are introduced from the command line, find a changed view, and let its key be replaced', {
  timeout: 240_000,
}, async () => {
  await using shop = await workshop()
  const data = join(shop.folder, 'data')
  await shop.run(['setup'])
  const append = async (times: number) => {
    await using storage = await openEmbedded(data)
    await count(storage, 'a:1', times)
  }
  const worksUntil = async (version: number, expected: number) => {
    const worker = await startWorker(shop, version)
    await until('the view is current', async () => (await shop.run(view)).stdout.includes(String(expected)), 60_000)
    await worker.stop()
  }

  await append(3)
  await worksUntil(1, 3)
  expect(await shop.run(['chain', 'seal-views'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('SEAL_KEY'),
  })

  const file = `${data}.seal-key`
  expect(await shop.json(['chain', 'seal-key'])).toEqual({ file, created: true })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const secret = (await readFile(file, 'utf8')).split('\n')[1] as string
  const again = await shop.run(['chain', 'seal-key'])
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('exists already') })
  expect(again.stdout).not.toContain(secret)

  expect(await shop.run(view)).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/^SealMissing: View counts:1:all/),
  })
  expect(await shop.run(view, { SEAL_UNSEALED: 'accept' })).toMatchObject({ code: 0 })
  expect(await shop.json(['chain', 'seal-views'])).toMatchObject({
    versions: [{ projection: 'counts', version: 1, sealed: 2, intact: 0, wrong: { count: 0 } }],
  })
  expect(await shop.run(view)).toMatchObject({ code: 0, stdout: expect.stringContaining('3') })
  await append(1)
  await worksUntil(1, 4)

  const database = new DatabaseSync(join(data, 'views.db'))
  const { changes } = database
    .prepare(`UPDATE views SET document = replace(document, '"count":4', '"count":5')
      WHERE projection = 'counts' AND key = 'all'`)
    .run()
  database.close()
  expect(changes).toBe(1)
  const wrong = { code: 6, stdout: '', stderr: expect.stringMatching(/^SealWrong: View counts:1:all [^\n]*\n$/) }
  expect(await shop.run(view)).toMatchObject(wrong)
  expect(await shop.run(['views', 'list', 'counts'])).toMatchObject({ code: 6 })
  expect(await shop.run(['chain', 'seal-views'])).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(/WRONG[^\n]*\n {2}all\n/),
  })

  await append(1)
  const stopped = await startWorker(shop, 1)
  await until('the status says so', async () => (await stopped.status()).includes('SealWrong'), 60_000)
  expect(stopped.output()).toContain('SealWrong')
  expect(stopped.output() + (await stopped.status())).not.toContain(secret)
  await stopped.stop()
  expect(await shop.run(view)).toMatchObject(wrong)

  await worksUntil(2, 5)
  const keys = [`${data}.new-key`, file].join()
  expect(await shop.run(['chain', 'seal-key'], { SEAL_KEY: keys })).toMatchObject({ code: 0 })
  const sealed = await shop.run(['chain', 'seal-views', 'counts'], { SEAL_KEY: keys })
  expect(sealed).toMatchObject({ code: 0, stdout: expect.stringContaining('sealed 2 views') })
  expect(await shop.run(view, { SEAL_KEY: `${data}.new-key` })).toMatchObject({ code: 0 })
})
