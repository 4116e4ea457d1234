import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { tamperedEvents } from '../../support/integrity/tampered-events.ts'
import { workshop } from './run-cli.ts'

const events = defineEvents({ Counted: z.object({ by: z.number() }) })

async function append(folder: string, streams: number): Promise<void> {
  await using storage = await openEmbedded(folder)
  const store = eventStore(storage, events)
  for (let i = 0; i < streams; i++) {
    await store.append(
      `counter:${i}`,
      [1, 2, 3].map((by) => events.create('Counted', { by })),
      { expectedVersion: 'any' },
    )
  }
}

const lastLine = ({ stdout }: { readonly stdout: string }) => stdout.trimEnd().split('\n').at(-1)

test('a chain from the command line: key, seal, verify, prove, export, and what was tampered with', {
  timeout: 120_000,
}, async () => {
  await using shop = await workshop()
  const at = (name: string) => join(shop.folder, name)
  await shop.run(['setup'])
  await append(at('data'), 5)
  expect(await shop.run(['chain', 'status'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^InvalidConfiguration: CHAIN_KEY/),
  })
  const { verifierKey } = await shop.json<{ verifierKey: string }>([
    'chain',
    'key',
    '--create',
    '--origin',
    'acme/counters',
  ])
  const verify = (...more: readonly string[]) => shop.run(['chain', 'verify', '--key', verifierKey, ...more])
  expect(await shop.run(['chain', 'key'])).toMatchObject({ code: 0, stdout: `${verifierKey}\n` })

  // Nothing outside the database was compared yet.
  expect(await verify()).toMatchObject({ code: 7, stdout: expect.stringMatching(/^GAP untrusted/) })
  expect(await shop.json(['chain', 'seal'])).toMatchObject({ events: 15, origin: 'acme/counters' })
  expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('by default, because it is beside') })
  expect(lastLine(await verify())).toMatch(/^CLEAN/)

  await writeFile(at('anchor.sh'), `#!/bin/sh\ntouch ${at('asked')}\n`, { mode: 0o755 })
  const command = { CHAIN_ANCHORS: `command:${at('anchor.sh')}` }
  const head = await shop.run(['chain', 'head'], command)
  const [origin, size, root] = head.stdout.split('\n')
  expect(JSON.parse((await shop.run(['chain', 'head', '--json'], command)).stdout)).toEqual({
    origin,
    size: Number(size),
    root,
    note: head.stdout,
  })
  // It needs no anchor.
  expect(existsSync(at('asked'))).toBe(false)
  await writeFile(at('head.txt'), head.stdout)
  const status = await shop.json<Record<string, unknown>>(['chain', 'status'])
  expect(status).toMatchObject({ origin: 'acme/counters', root })
  expect(status).not.toHaveProperty('heads')
  expect(await shop.run(['chain', 'verify', '--key', at('nokey')])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/nokey is neither a verifier key nor a file that can be read: ENOENT/),
  })
  await writeFile(at('junk.txt'), 'junk')
  expect(await verify('--note', at('junk.txt'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^InvalidConfiguration: --note: .+junk\.txt: Not a signed note/),
  })
  await append(at('data'), 3)
  await shop.json(['chain', 'seal'])
  expect(await shop.json(['chain', 'verify', '--key', verifierKey, '--since', at('head.txt')])).toMatchObject({
    result: 'clean',
    compared: 9,
  })
  await writeFile(at('keys.txt'), `${verifierKey}\n`)
  expect(await verify('--key', at('keys.txt'), '--note', at('head.txt'))).toMatchObject({ code: 0 })
  expect(await verify('--origin', 'acme/others')).toMatchObject({ code: 7 })

  const proof = at('proof')
  expect(await shop.run(['chain', 'prove', 'counter:1@2', '--output', proof])).toMatchObject({ code: 0 })
  const shown = await shop.run(['streams', 'show', 'counter:1', '--from', '2', '--to', '2', '--json'])
  const check = () => shop.run(['chain', 'check-proof', proof, '--event', at('event.json'), '--key', verifierKey])
  await writeFile(at('event.json'), shown.stdout)
  expect(await check()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^counter:1@2 is in block \d+/) })
  await writeFile(at('event.json'), shown.stdout.replace('"by":2', '"by":7'))
  expect(await check()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^InvalidProof/) })
  await writeFile(at('event.json'), shown.stdout)
  const unsigned = (await readFile(proof, 'utf8')).replace(/(?<=\n— .*)\S(?=\n$)/, '-')
  await writeFile(proof, unsigned)
  expect(await check()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^InvalidProof/) })

  expect(await shop.run(['chain', 'export', at('log')])).toMatchObject({ code: 0 })
  expect(await readFile(at('log/checkpoint'), 'utf8')).toMatch(/^acme\/counters\n/)

  tamperedEvents(at('data')).change('counter:1', 2, '"by":2', '"by":9')
  const text = await verify()
  expect(text).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(/^TAMPERED eventChanged counter:1@2, block \d+/),
  })
  const report = await shop.run(['chain', 'verify', '--key', verifierKey, '--json'])
  expect(report.code).toBe(6)
  expect(report.stdout.match(/\n/g)).toHaveLength(1)
  const finding = { code: 'eventChanged', streamId: 'counter:1', version: 2, block: expect.any(Number) }
  expect(JSON.parse(report.stdout)).toMatchObject({ result: 'tampered', findings: [finding] })

  await rm(at('data.heads'), { recursive: true })
  expect(await verify('--anchor', `file:${at('elsewhere')}`)).toMatchObject({ code: 6 })
})
