import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { count } from '../../unit/processor/versions/support.ts'
import { said, workshop } from './run-cli.ts'

test('a storage is made by setup only, and then shown, exported, copied and tailed', async () => {
  await using shop = await workshop()
  expect(await shop.run(['projections', 'list'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^InvalidConfiguration: TIDEMARK_STORAGE: .+ contains no storage.+\n$/),
  })
  expect(await shop.run(['setup', '--storage', `${shop.storage}?ranges=3`])).toMatchObject({ code: 0, stderr: '' })
  expect(await shop.json(['setup'])).toMatchObject({ ready: true, ranges: 3 })

  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await count(storage, 'a:1', 5)
  await count(storage, 'b:2', 2)

  const shown = await shop.run(['streams', 'show', 'a:1', '--backwards', '--limit', '2'])
  expect(shown.stdout).toMatch(/^\S+ {2}a:1@5 {2}Counted {2}\{\}\n\S+ {2}a:1@4 {2}Counted {2}\{\}\n$/)
  const lines = (await shop.run(['streams', 'show', 'a:1', '--json'])).stdout.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).stream)).toEqual(
    [1, 2, 3, 4, 5].map((version) => ({ id: 'a:1', version })),
  )
  expect(await shop.run(['streams', 'show', 'a:1', '--from', '9'])).toMatchObject({ code: 0, stdout: '' })
  expect(await shop.run(['streams', 'show', 'a:9'])).toEqual({
    code: 3,
    stdout: '',
    stderr: 'StreamNotFound: Stream a:9 does not exist\n',
  })
  expect(await shop.run(['streams', 'show', 'a/1'])).toMatchObject({ code: 2 })

  const file = join(shop.folder, 'all.jsonl')
  expect(await shop.json(['streams', 'export', '--output', file])).toEqual({ file, events: 7 })
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(7)
  expect(await shop.run(['streams', 'export', '--output', file])).toMatchObject({
    code: 2,
    stderr: `InvalidConfiguration: --output: ${file} already exists; --force replaces it\n`,
  })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await shop.json(['streams', 'export', 'b:2', '--output', file, '--force'])).toEqual({ file, events: 2 })
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2)
  expect((await shop.run(['streams', 'export', '--category', 'b'])).stdout.trim().split('\n')).toHaveLength(2)
  expect((await shop.run(['streams', 'export', 'b:2'])).stdout.trim().split('\n')).toHaveLength(2)

  const copy = join(shop.folder, 'copy')
  expect(await shop.json(['backup', copy])).toMatchObject({ folder: copy })
  expect((await shop.run(['streams', 'export', '--storage', `file:${copy}`])).stdout.trim().split('\n')).toHaveLength(7)
  expect(await shop.run(['backup', copy])).toMatchObject({ code: 2, stderr: expect.stringContaining('is not empty') })

  const all = (await shop.run(['feed', 'tail', '--no-follow', '--from', 'start', '--json'])).stdout.trim().split('\n')
  expect(all.map((line) => JSON.parse(line).event.eventType)).toEqual(Array(7).fill('Counted'))
  const tail = shop.start(['feed', 'tail', '--from', 'start', '--limit', '8'])
  await said(tail, /(Counted[\s\S]*){7}/)
  await count(storage, 'c:1')
  expect(await tail.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/c:1@1 {2}Counted/) })
}, 60_000)

test('signals and closed pipes end a command without a word', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  for (let i = 0; i < 20; i++) await count(storage, 'a:1', 500)
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const tail = shop.start(['feed', 'tail', '--from', 'start'])
    await said(tail, /a:1@10000/)
    tail.child.kill(signal)
    expect(await tail.ended).toMatchObject({ code, stderr: '' })
  }
  for (const command of [
    ['feed', 'tail', '--from', 'start'],
    ['streams', 'export'],
    ['streams', 'show', 'a:1'],
  ]) {
    const { child, ended } = shop.start(command)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  }
}, 60_000)

test('an export that is interrupted leaves no file', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  for (let i = 0; i < 40; i++) await count(storage, 'a:1', 1000)
  const file = join(shop.folder, 'out.jsonl')
  const { child, ended } = shop.start(['streams', 'export', '--output', file])
  const begun = async () => (await readdir(shop.folder)).some((name) => name.endsWith('.partial'))
  while (!(await begun()) && child.exitCode === null) await new Promise(setImmediate)
  child.kill('SIGTERM')
  const { code } = await ended
  // It may have been faster than the signal.
  if (code === 0) return
  expect(code).toBe(143)
  expect(await readFile(file).catch(() => 'none')).toBe('none')
  expect(await begun()).toBe(false)
}, 60_000)

test('what is asked wrongly is told in one line, and help is everywhere', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  for (const args of [
    ['nonsense'],
    ['projections', 'activate', 'p', 'x'],
    ['streams', 'show'],
    ['feed', 'tail', '--from', 'yesterday'],
    ['leases', 'list', '--nonsense'],
    ['worker', '--nonsense'],
    ['parked', 'drop', 'p', '--event', 'nothing'],
  ]) {
    const { code, stdout, stderr } = await shop.run(args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^[A-Z]\w+: [^\n]+\n$/)])
  }
  const help = [
    [],
    ['setup'],
    ['worker'],
    ['backup'],
    ['streams', 'export'],
    ['projections', 'rebuild'],
    ['parked', 'drop'],
  ]
  for (const args of help) {
    expect(await shop.run([...args, '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Usage: tidemark${args.map((arg) => ` ${arg}`).join('')}`),
      stderr: '',
    })
  }
  await writeFile(join(shop.folder, 'bad.ts'), 'export default 1\n')
  await writeFile(join(shop.folder, 'worse.ts'), 'export default 2\n')
  const worker = await shop.run(['worker', '--projections', shop.folder])
  expect(worker).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bad.ts: its default export is not a projection'),
  })
}, 180_000)
