import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { anEvent } from '../../support/integrity/a-chain.ts'
import { workshop } from './run-cli.ts'

test('a writer key from the command line: it is created once, is never printed, and seals what other commands append', {
  timeout: 240_000,
}, async () => {
  await using shop = await workshop()
  const file = join(shop.folder, 'writer.key')
  const chain = (...words: readonly string[]) => shop.run(['chain', ...words])
  expect(await chain('writer-key', file)).toMatchObject({ code: 2, stdout: '' })
  const created = await shop.json<{ verifier: string; created: boolean }>(['chain', 'writer-key', file, '--create'])
  expect(created).toMatchObject({ kind: 'ed25519', verifier: expect.stringMatching(/^ed25519:/), created: true })
  const secret = (await readFile(file, 'utf8')).split('\n')[1] as string
  const again = await chain('writer-key', file, '--create', '--kind', 'hmac')
  expect(again).toMatchObject({ code: 0, stdout: `${created.verifier}\n` })
  expect(JSON.stringify([created, again])).not.toContain(secret)
  const shared = join(shop.folder, 'shared.key')
  expect(await chain('writer-key', shared, '--create', '--kind', 'hmac')).toMatchObject({ stdout: `hmac:${shared}\n` })

  await shop.run(['setup'])
  const { verifierKey } = await shop.json<{ verifierKey: string }>(['chain', 'key', '--create', '--origin', 'acme'])
  {
    await using storage = await openEmbedded(join(shop.folder, 'data'))
    await storage.events.append('counter:1', [anEvent()], { expectedVersion: 0 })
  }
  await chain('seal')
  const head = join(shop.folder, 'head.txt')
  await writeFile(head, (await chain('head')).stdout)
  const verify = (...more: readonly string[]) =>
    chain('verify', '--key', verifierKey, '--writer', created.verifier, ...more)
  expect(await verify()).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(/^TAMPERED writerSealMissing counter:1@1/),
  })
  expect(await verify('--writers-since', head)).toMatchObject({ code: 0 })
})
