import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workshop } from './run-cli.ts'

// Nothing listens there.
const SECRET_URL = 'mongodb://me:secret@127.0.0.1:1/db?serverSelectionTimeoutMS=50'

test('a URL with a password is warned of as an argument, taken from the environment, and never repeated', async () => {
  await using shop = await workshop()
  // Each gives up only after the 30 s that a storage is given to answer.
  const [given, set] = await Promise.all([
    shop.run(['projections', 'list', '--storage', SECRET_URL]),
    shop.run(['projections', 'list'], { TIDEMARK_STORAGE: SECRET_URL }),
  ])
  expect(given.stderr).toMatch(
    /^Warning: --storage contains a secret .+TIDEMARK_STORAGE instead\nStorageUnavailable: .+\n$/,
  )
  expect(set.stderr).toMatch(/^StorageUnavailable: .+\n$/)
  for (const { stdout, stderr } of [given, set]) expect(stdout + stderr).not.toContain('secret@')
}, 120_000)

test('a command on a chain warns once of a URL with a password, and names what is missing before it opens anything', async () => {
  await using shop = await workshop()
  expect(await shop.run(['chain', 'status', '--storage', SECRET_URL])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Warning: --storage contains .+\nInvalidConfiguration: CHAIN_KEY: names no .+\n$/),
  })
}, 60_000)

test('a copy takes both of its storages from the environment', async () => {
  await using shop = await workshop()
  const to = `file:${join(shop.folder, 'copy')}`
  for (const storage of [shop.storage, to])
    expect(await shop.run(['setup', '--storage', storage])).toMatchObject({ code: 0 })
  const env = { TIDEMARK_COPY_FROM: shop.storage, TIDEMARK_COPY_TO: to }
  expect(await shop.run(['copy'], env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Copied 0 events/) })
  expect(await shop.run(['copy', '--to', shop.storage], env)).toMatchObject({
    code: 2,
    stderr: 'InvalidConfiguration: --to: names the same storage as TIDEMARK_COPY_FROM\n',
  })
  expect(await shop.run(['copy', '--from', shop.storage], { TIDEMARK_COPY_TO: '' })).toMatchObject({
    code: 2,
    stderr: 'InvalidConfiguration: --to: is needed, or else the variable TIDEMARK_COPY_TO\n',
  })
}, 120_000)
