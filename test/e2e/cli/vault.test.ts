import { cp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderPayloads } from '../../../src/privacy/index.ts'
import { digestOf } from '../../../src/privacy/payloads/integrity.ts'
import { objectKey } from '../../../src/privacy/payloads/object-key.ts'
import { emulator } from '../import/emulator.ts'
import { names, register } from './members/log.ts'
import { workshop } from './run-cli.ts'

/** Stores what an append leaves behind that failed after its payload was stored. */
function storeOrphan(folder: string): Promise<void> {
  const content = Buffer.from('x')
  const owner = { owner: 'member', streamId: 'member:9', eventId: 'e-9', field: 'scan' }
  return folderPayloads(folder).put(objectKey(owner, digestOf(content).sha256), content)
}

const NAMES = { 'm-1': 'Ada Lovelace', 'm-2': 'Grace Hopper' }
const WITHOUT_ADA = { ...NAMES, 'm-1': '(forgotten)' }

test('a vault in a folder: init, forget, a restored backup, rotate and copy', async () => {
  await using shop = await workshop()
  const at = (name: string) => join(shop.folder, name)
  const environment = { VAULT_STORAGE: `file:${at('keys')}`, KEY_CACHE_TTL: '0' }
  const run = (args: readonly string[], env = {}) => shop.run(args, { ...environment, ...env })
  const json = async (args: readonly string[], env = {}) => {
    const { code, stdout, stderr } = await run([...args, '--json'], env)
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
    return JSON.parse(stdout)
  }
  await run(['setup'])
  expect(await run(['vault', 'status'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^InvalidConfiguration: VAULT_KEY/),
  })
  expect(await json(['vault', 'init'])).toMatchObject({ file: at('data.key'), createdKey: true, createdVault: true })
  expect((await stat(at('data.key'))).mode & 0o777).toBe(0o600)

  await register(shop.storage, environment, NAMES)
  await cp(at('keys'), at('keys-backup'), { recursive: true })
  const shown = await run(['streams', 'export'])
  expect(shown.stdout).toContain('$personal')
  expect(shown.stdout).not.toMatch(/Lovelace|Hopper/)

  expect(await run(['vault', 'forget', 'm-1'])).toMatchObject({ code: 4, stderr: expect.stringMatching(/--yes/) })
  expect(await names(shop.storage, environment)).toEqual(NAMES)
  expect(await json(['vault', 'forget', 'm-1', '--yes', '--wait'])).toMatchObject({ person: 'm-1', finished: true })
  expect(await names(shop.storage, environment)).toEqual(WITHOUT_ADA)
  const [status, verified] = await Promise.all([json(['vault', 'status']), json(['payloads', 'verify'])])
  expect(status).toMatchObject({ people: 2, forgotten: 1, unfinished: 0, overdue: 0 })
  expect(verified).toMatchObject({ payloads: 2, intact: 1, forgotten: 1, faults: 0 })

  await storeOrphan(at('data/payloads'))
  const swept = { objects: 2, referred: 1, orphans: 1 }
  expect(await json(['payloads', 'sweep', '--older-than', '0m', '--dry-run'])).toMatchObject({ ...swept, removed: 0 })
  expect(await json(['payloads', 'sweep', '--older-than', '0m', '--yes'])).toMatchObject({ ...swept, removed: 1 })

  await rm(at('keys'), { recursive: true })
  await cp(at('keys-backup'), at('keys'), { recursive: true })
  await expect(names(shop.storage, environment)).rejects.toMatchObject({ code: 'PayloadLost' })
  expect(await json(['vault', 'reapply', '--yes'])).toEqual({ compared: 1, forgottenAgain: 1 })
  expect(await names(shop.storage, environment)).toEqual(WITHOUT_ADA)

  const rotated = await json(['vault', 'rotate', '--to', at('new.key'), '--create'])
  expect(rotated).toMatchObject({ epoch: 2, rewrapped: 1, sameMaster: false })
  expect(await run(['vault', 'status'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/needs the master key/),
  })
  const withNew = { ...environment, VAULT_KEY: at('new.key') }
  expect(await names(shop.storage, withNew)).toEqual(WITHOUT_ADA)
  expect(
    await run(['vault', 'status'], { VAULT_KEY: at('new.key'), VAULT_STORAGE: `file:${at('keys-backup')}` }),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/needs the master key/),
  })

  const copies = { ...withNew, VAULT_STORAGE: `file:${at('keys-copy')}`, PAYLOADS: at('data/payloads') }
  expect((await run(['backup', at('backup-of-keys'), '--storage', environment.VAULT_STORAGE])).stderr).toMatch(
    /vault copy/,
  )
  await Promise.all(['copy', 'keys-copy'].map((folder) => run(['setup', '--storage', `file:${at(folder)}`])))
  const copied = await run(['copy', '--from', shop.storage, '--to', `file:${at('copy')}`])
  expect(copied).toMatchObject({ code: 0, stderr: expect.stringMatching(/vault copy.*PAYLOADS/s) })
  expect(await json(['vault', 'copy', '--to', copies.VAULT_STORAGE])).toEqual({ read: 2, changed: 2 })
  expect(await names(`file:${at('copy')}`, copies)).toEqual(WITHOUT_ADA)
}, 60_000)

test('a vault in the Cosmos DB emulator: init, unique values, forget, rotate', async () => {
  await using shop = await workshop()
  await using server = await emulator()
  const environment = {
    TIDEMARK_STORAGE: server.url,
    VAULT_KEY: join(shop.folder, 'master.key'),
    PAYLOADS: join(shop.folder, 'payloads'),
    KEY_CACHE_TTL: '0',
  }
  const run = (...args: readonly string[]) => shop.run(args, environment)
  expect(await run('setup')).toMatchObject({ code: 0 })
  expect(await run('vault', 'init')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ALL PERSONAL DATA IS LOST/),
  })
  await register(server.url, environment, { ...NAMES, 'm-3': 'ADA LOVELACE' })
  const unique = (command: string) => run('unique', command, '--aggregates', 'test/e2e/cli/members', '--json')
  const [checked, rebuilt] = [await unique('check'), await unique('rebuild')]
  const faults = { missing: 3, stale: 0, foreign: 0, duplicate: 0 }
  expect(JSON.parse(checked.stdout)).toMatchObject([{ category: 'member', ok: false, built: false, faults }])
  expect(JSON.parse(rebuilt.stdout)).toMatchObject([{ streams: 3, made: 2, duplicates: 1, named: [{ field: 'name' }] }])
  expect([checked.code, rebuilt.code]).toEqual([1, 1])
  expect(checked.stdout + checked.stderr + rebuilt.stdout + rebuilt.stderr).not.toMatch(/lovelace|hopper/i)

  expect(await run('vault', 'forget', 'm-1', '--yes')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/No worker is running/),
  })
  expect(await names(server.url, environment)).toEqual({ ...WITHOUT_ADA, 'm-3': 'ADA LOVELACE' })
  expect(await unique('rebuild')).toMatchObject({ code: 0 })
  expect(await unique('check')).toMatchObject({ code: 0 })
  expect(await run('vault', 'admit', 'm-1')).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^ForgettingUnfinished/),
  })
  expect(await run('vault', 'rotate')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/The master key is the same as before/),
  })
  expect(await names(server.url, environment)).toEqual({ ...WITHOUT_ADA, 'm-3': 'ADA LOVELACE' })
}, 60_000)
