import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { keyVaultMaster } from '../../../src/connectors/key-vault/index.ts'
import { kmsMaster } from '../../../src/connectors/kms/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { defineEvents, eventStore } from '../../../src/index.ts'
import { createLocalMaster, localMaster, type MasterKey, openVault, withVault } from '../../../src/privacy/index.ts'
import { type MemoryState, openMemory } from '../../../src/testing/memory/index.ts'
import { tempFolder } from '../../support/embedded/folders.ts'
import { FakeKeyVault } from '../../support/key-vault/fake-key-vault.ts'
import { aesMaterial } from '../../support/key-vault/vault-keys.ts'
import { FakeKms } from '../../support/kms/fake-kms.ts'

const events = defineEvents({
  Registered: {
    schema: z.object({ memberId: z.string(), name: z.string() }),
    personal: { of: ({ memberId }) => memberId, fields: { name: '(forgotten)' } },
  },
})

/** A service, and what is done to its key. */
type Service = AsyncDisposable & {
  /** As another process has it: with a client of its own. */
  master(): MasterKey
  readonly requests: string[]
  readonly refused: string[]
  disable(): void
  enable(): void
  deny(): void
  readonly missing: string
}

async function keyVault(fake: FakeKeyVault, algorithm: 'RSA-OAEP-256' | 'A256KW'): Promise<Service> {
  const id = fake.rotate().keyID ?? ''
  const enable = (enabled: boolean) => () => {
    fake.enabled = enabled
  }
  return {
    master: () => keyVaultMaster(fake.client(id), { algorithm }),
    requests: fake.requests,
    refused: fake.refused,
    disable: enable(false),
    enable: enable(true),
    deny: () => void fake.permissions.delete('unwrapKey'),
    missing: 'keys/unwrapKey',
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

async function kms(): Promise<Service> {
  const fake = await FakeKms.start()
  const key = fake.createKey()
  const become = (state: typeof key.state) => () => {
    key.state = state
  }
  return {
    master: () => kmsMaster(fake.client(), key.arn),
    requests: fake.requests,
    refused: fake.refused,
    disable: become('Disabled'),
    enable: become('Enabled'),
    deny: () => void fake.permissions.delete('Decrypt'),
    missing: 'kms:Decrypt',
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

const TIME_LIMIT = 10_000

// Waits before another attempt are over at once; the time limit of an attempt never is.
const hasty: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) =>
    milliseconds < TIME_LIMIT
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
}

/** What outlives a process: the databases of a log, and of its keys. */
type Databases = { readonly log: MemoryState; readonly keys: MemoryState }

/** Does some work with a log and its vault, as a process of its own. */
async function within<T>(
  databases: Databases,
  master: MasterKey | readonly MasterKey[],
  work: (process: { vault: Awaited<ReturnType<typeof openVault>>; store: ReturnType<typeof openStore> }) => Promise<T>,
): Promise<T> {
  const keys = openMemory({ shared: databases.keys })
  const storage = openMemory({ shared: databases.log })
  const vault = await openVault({ keys, master, clock: hasty })
  return work({ vault, store: openStore(withVault(storage, vault)) })
}

const openStore = (storage: Parameters<typeof eventStore>[0]) => eventStore(storage, events)

const register = (memberId: string) => ({ type: 'Registered' as const, data: { memberId, name: 'Ada Lovelace' } })

const STREAM = 'member:m-17'

describe.each<[string, () => Promise<Service>]>([
  ['Azure Key Vault', async () => keyVault(await FakeKeyVault.start(), 'RSA-OAEP-256')],
  ['a managed HSM', async () => keyVault(await FakeKeyVault.start(aesMaterial), 'A256KW')],
  ['AWS KMS', kms],
])('a vault over a master key in %s', (_, start) => {
  let service: Service
  let databases: Databases
  beforeEach(async () => {
    service = await start()
    databases = { log: openMemory().state, keys: openMemory().state }
  })
  afterEach(async () => {
    expect(service.refused).toEqual([])
    await service[Symbol.asyncDispose]()
  })

  const nameWith = (master: MasterKey | readonly MasterKey[]) =>
    within(databases, master, async ({ store }) => {
      const { events: loaded } = await store.load(STREAM)
      return loaded.map(({ data, redacted = [] }) => ({ name: data.name, redacted }))
    })
  const opened = [{ name: 'Ada Lovelace', redacted: [] }]

  test('what one process sealed, another one opens after a restart, with one call of the service', async () => {
    await within(databases, service.master(), ({ store }) =>
      store.append(STREAM, [register('m-17')], { expectedVersion: 'noStream' }),
    )
    service.requests.length = 0
    expect(await nameWith(service.master())).toEqual(opened)
    expect(service.requests.filter((request) => request !== 'get')).toHaveLength(1)
  })

  test('an opened vault seals and opens while the key is disabled; a restart waits, and forgets nobody', async () => {
    await within(databases, service.master(), async ({ store }) => {
      service.disable()
      await store.append(STREAM, [register('m-17')], { expectedVersion: 'noStream' })
      expect((await store.load(STREAM)).events[0]?.data.name).toBe('Ada Lovelace')
    })
    const failure = nameWith(service.master())
    await expect(failure).rejects.toMatchObject({ code: 'KeysUnavailable' })
    await expect(failure).rejects.toThrow('disabled')
    service.enable()
    expect(await nameWith(service.master())).toEqual(opened)
  })

  test('without a permission, no vault is created, and the error names the permission', async () => {
    service.deny()
    const failure = within(databases, service.master(), async () => 'opened')
    await expect(failure).rejects.toMatchObject({ code: 'KeysUnavailable' })
    await expect(failure).rejects.toThrow(service.missing)
    expect(databases.keys.views.size).toBe(0)
  })

  test('a vault moves from a file to the service, after which the file opens nothing', async () => {
    const file = join(tempFolder(), 'master.key')
    const local = await createLocalMaster(file)
    const before = await localMaster(file)
    await within(databases, before, ({ store }) =>
      store.append(STREAM, [register('m-17')], { expectedVersion: 'noStream' }),
    )
    const after = service.master()
    const report = await within(databases, [after, before], ({ vault }) => vault.rotate())
    expect(report).toMatchObject({ rewrapped: 1, sameMaster: false, retired: [{ master: local }] })
    expect(await nameWith(service.master())).toEqual(opened)
    await expect(nameWith(before)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    await expect(nameWith(before)).rejects.toThrow(after.id)
  })

  test('a vault that moves away from the service reports how long destroying its key takes', async () => {
    const file = join(tempFolder(), 'master.key')
    await createLocalMaster(file)
    const before = service.master()
    await within(databases, before, ({ store }) =>
      store.append(STREAM, [register('m-17')], { expectedVersion: 'noStream' }),
    )
    const report = await within(databases, [await localMaster(file), before], ({ vault }) => vault.rotate())
    expect(report.retired).toMatchObject([{ master: before.id, destructionDays: before.destructionDays }])
    service.disable()
    expect(await nameWith(await localMaster(file))).toEqual(opened)
  })
})
