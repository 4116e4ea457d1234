import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { registerWithCards } from './members/log.ts'
import { workshop } from './run-cli.ts'

const PROJECTIONS = join(import.meta.dirname, 'members/projections')

test('a verification computes views with personal data again with the vault, and says that they are unproven without', {
  timeout: 120_000,
}, async () => {
  await using shop = await workshop()
  const key = join(shop.folder, 'data.key')
  for (const args of [['setup'], ['vault', 'init'], ['chain', 'key', '--create', '--origin', 'acme/members']]) {
    expect(await shop.run(args)).toMatchObject({ code: 0 })
  }
  await registerWithCards(shop.storage, {}, { 'm-1': 'Ada Lovelace', 'm-2': 'Grace Hopper' })
  for (const args of [['seal'], ['branch', 'member-cards']]) {
    expect(await shop.run(['chain', ...args])).toMatchObject({ code: 0 })
  }
  const { stdout: verifierKey } = await shop.run(['chain', 'key'])
  const verify = () => shop.run(['chain', 'verify', '--key', verifierKey.trim(), '--projections', PROJECTIONS])
  expect(await verify()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Computed again: 2 views, 0 of them unproven\n'),
  })
  await rename(key, `${key}.elsewhere`)
  expect(await verify()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Computed again: 2 views, 2 of them unproven\n'),
  })
})
