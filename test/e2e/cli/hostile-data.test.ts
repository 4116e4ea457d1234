import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { until } from '../../support/projecting/until.ts'
import { HOSTILE, OBEYED } from './hostile.ts'
import { said, workshop } from './run-cli.ts'

const INDEX = new URL('../../../src/index.ts', import.meta.url).href

const IN_IDS = '\u202e\u200b\u2066'

const projection = `
import { defineEvents, defineProjection } from ${JSON.stringify(INDEX)}
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
export default defineProjection('counts', {
  events: defineEvents({ Happened: anything }),
  key: (event) => event.streamId,
  initial: () => ({ note: ${JSON.stringify(HOSTILE)} }),
  on: {
    Happened: (view, event) => {
      if (event.data.isFine) return view
      throw new Error('no postal code: ' + event.data.postalCode)
    },
  },
})`

test('stored data is shown on a terminal, and never obeyed by it', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  const stream = `a:${IN_IDS}`
  const metadata = { eventId: `e${HOSTILE}`, note: HOSTILE }
  const eventData = { postalCode: HOSTILE, [HOSTILE]: HOSTILE }
  await storage.events.append(stream, [{ eventType: 'Happened', eventData, metadata }], { expectedVersion: 0 })
  // Such a type is refused today, but may be there.
  const old = { eventType: `Happened${HOSTILE}`, eventData, metadata: { eventId: 'f' } }
  await storage.events.append('a:2', [old], { expectedVersion: 0, recordedAt: new Date() })
  await storage.events.append(
    'a:3',
    [{ eventType: 'Happened', eventData: { isFine: true }, metadata: { eventId: 'g' } }],
    {
      expectedVersion: 0,
    },
  )
  const folder = join(shop.folder, 'projections')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'counts.ts'), projection)

  const worker = shop.start(['worker', '--projections', folder])
  await said(worker, /health is at/)
  const parked = () => shop.json<unknown[]>(['parked', 'list'])
  await until('the view is parked', async () => (await parked()).length === 1, 60_000)
  worker.child.kill('SIGTERM')
  const logged = await worker.ended

  const outputs = [logged]
  for (const args of [
    ['streams', 'show', stream],
    ['streams', 'show', 'a:2'],
    ['streams', 'show', stream, '--json'],
    ['streams', 'export'],
    ['feed', 'tail', '--no-follow', '--from', 'start'],
    ['feed', 'tail', '--no-follow', '--from', 'start', '--json'],
    ['streams', 'list'],
    ['streams', 'list', '--json'],
    ['streams', 'list', '--category', HOSTILE, '--after', HOSTILE, '--limit', '0'],
    ['views', 'list', 'counts'],
    ['views', 'list', 'counts', '--json'],
    ['views', 'get', 'counts', stream],
    ['views', 'get', 'counts', stream, '--json'],
    ['views', 'get', 'counts', `none:${IN_IDS}`],
    ['workers', 'list'],
    ['parked', 'list'],
    ['parked', 'list', '--json'],
    ['parked', 'show', 'counts', stream],
    ['parked', 'replay', 'counts', stream, '--projections', folder],
    ['parked', 'replay', '--all', '--projections', folder],
    ['parked', 'replay', '--all', '--projections', folder, '--json'],
    ['projections', 'pause', 'counts', '--wait'],
    ['projections', 'pause', HOSTILE],
    ['parked', 'replay', 'counts', stream, '--projections', folder, '--dry-run', '--json'],
    ['projections', 'list'],
    ['projections', 'status'],
    ['leases', 'list'],
    ['streams', 'show', `none:${IN_IDS}`],
    ['parked', 'show', 'counts', `none:${IN_IDS}`],
    ['streams', 'show', `a/${HOSTILE}`],
    [`nonsense${HOSTILE}`],
    ['feed', 'tail', '--from', HOSTILE],
    ['parked', 'drop', 'counts', `--${HOSTILE}`],
  ]) {
    outputs.push(await shop.run(args))
    const { stdout, stderr } = outputs.at(-1) ?? {}
    expect(`${stdout}${stderr}`, args.join(' ')).not.toBe('')
  }
  for (const { stdout, stderr } of outputs) expect(OBEYED.exec(stdout + stderr)?.input).toBeUndefined()

  const text = outputs.map(({ stdout, stderr }) => stdout + stderr).join('')
  expect(text).toContain('no postal code: \\u001b]52;c;aGk=\\u0007\\u001b[2K\\u009b1A\\u007f\\u202e')
  // As JSON it is still the same value.
  const [shown = ''] = (await shop.run(['streams', 'show', stream, '--json'])).stdout.split('\n')
  expect(JSON.parse(shown)).toMatchObject({ stream: { id: stream }, eventData, metadata })
  for (const line of logged.stdout.trim().split('\n')) JSON.parse(line)
}, 120_000)
