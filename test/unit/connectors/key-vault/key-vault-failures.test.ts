import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindKey } from '../../../../src/connectors/key-vault/bound-key.ts'
import { keyVaultMaster } from '../../../../src/connectors/key-vault/index.ts'
import { KeysUnavailable } from '../../../../src/core/errors/index.ts'
import type { MasterKey } from '../../../../src/privacy/vault/master/master-key.ts'
import type { Fault } from '../../../support/http/faults.ts'
import { FakeKeyVault } from '../../../support/key-vault/fake-key-vault.ts'
import { TOKEN } from '../../../support/key-vault/key-vault-client.ts'

const KEY = Buffer.from('a key that has to remain a secret, 48 bytes long')
const CONTEXT = { vault: 'b0a1', epoch: '1' }
const KEY_AS_SENT = Buffer.from(bindKey(KEY, CONTEXT)).toString('base64url').slice(8, 48)
const never = new AbortController().signal

let service: FakeKeyVault
let master: MasterKey
let wrapped: Uint8Array

beforeEach(async () => {
  service = await FakeKeyVault.start()
  master = keyVaultMaster(service.rotate())
  wrapped = await master.wrap(KEY, CONTEXT, never)
})

afterEach(async () => {
  expect(service.refused).toEqual([])
  await service[Symbol.asyncDispose]()
})

/** The error of an unwrap, which must be KeysUnavailable with the SDK's error as its cause. */
async function failureOf(unwrapping: Promise<Uint8Array>): Promise<Error> {
  const error = await unwrapping.then(
    () => new Error('It was unwrapped'),
    (reason: Error) => reason,
  )
  expect(error).toBeInstanceOf(KeysUnavailable)
  expect(error.cause).toBeInstanceOf(Error)
  for (const text of [inspect(error, { depth: 20 }), JSON.stringify(error), JSON.stringify(error.cause)]) {
    expect(text).not.toContain(TOKEN)
    expect(text).not.toContain(KEY_AS_SENT)
    expect(text).not.toContain(Buffer.from(wrapped).toString('base64url').slice(0, 20))
  }
  return error
}

test.each<[string, Fault, string]>([
  [
    'throttles',
    { answer: 429, headers: { 'retry-after-ms': '1' }, body: '{"error":{"code":"Throttled"}}' },
    'status 429',
  ],
  ['fails', { answer: 500, body: '{"error":{"code":"InternalServerError"}}' }, 'status 500'],
  ['is not available, without a word', { answer: 503 }, 'unwrapKey failed'],
  ['is a proxy that shows a page', { answer: 502, body: '<html></html>' }, 'unwrapKey failed'],
  ['ends connections', { cut: true }, 'ECONNRESET'],
])('a Key Vault that %s is unavailable, and may be tried again', async (_, fault, text) => {
  service.faults.always(fault)
  expect((await failureOf(master.unwrap(wrapped, CONTEXT, never))).message).toContain(text)
  service.faults.clear()
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('the SDK waits as long as a throttling Key Vault says, and tries again by itself', async () => {
  service.faults.next({ answer: 429, headers: { 'retry-after-ms': '1' }, body: '{}' })
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('a call of Key Vault that hangs ends when its caller gives up', async () => {
  service.faults.always({ hang: true })
  const caller = new AbortController()
  const unwrapping = master.unwrap(wrapped, CONTEXT, caller.signal)
  await expect.poll(() => service.requests.at(-1)).toBe('unwrapkey')
  caller.abort()
  expect((await failureOf(unwrapping)).message).toContain('AbortError')
})

test('an answer of Key Vault that comes after its caller gave up disturbs nothing', async () => {
  const late = Promise.withResolvers<void>()
  service.faults.next({ late: late.promise })
  const caller = new AbortController()
  const unwrapping = master.unwrap(wrapped, CONTEXT, caller.signal)
  await expect.poll(() => service.requests.filter((name) => name === 'unwrapkey').length).toBe(2)
  caller.abort()
  await failureOf(unwrapping)
  late.resolve()
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('without the permission to unwrap, the error names it', async () => {
  service.permissions.delete('unwrapKey')
  const { message } = await failureOf(master.unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('The permission keys/unwrapKey is missing')
})

test('without the permission to wrap, the error names it, and shows nothing of the key', async () => {
  service.permissions.delete('wrapKey')
  const { message } = await failureOf(master.wrap(KEY, CONTEXT, never))
  expect(message).toContain('The permission keys/wrapKey is missing')
})

test('a key that can wrap but not unwrap is found out before anything depends on it', async () => {
  service.permissions.delete('unwrapKey')
  const { message } = await failureOf(master.wrap(KEY, CONTEXT, never))
  expect(message).toContain('The permission keys/unwrapKey is missing')
})

test('a key that comes back different is never relied on', async () => {
  const value = Buffer.from(bindKey(Buffer.alloc(KEY.length), CONTEXT)).toString('base64url')
  service.faults.next({ late: Promise.resolve() }, { answer: 200, body: JSON.stringify({ kid: master.id, value }) })
  await expect(master.wrap(KEY, CONTEXT, never)).rejects.toThrow('does not unwrap what it wrapped')
})

test('a disabled key is not taken for erasure, and works when it is enabled again', async () => {
  service.enabled = false
  const { message } = await failureOf(master.unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('disabled, and nothing was erased')
  expect(message).toContain(`az keyvault key set-attributes --id ${master.id} --enabled true`)
  service.enabled = true
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('a disabled key, which Key Vault still lets wrap, is refused for a new epoch', async () => {
  service.enabled = false
  const { message } = await failureOf(master.wrap(KEY, CONTEXT, never))
  expect(message).toContain('disabled')
})

test('a key that was deleted, and can be recovered, is not taken for erasure', async () => {
  service.deleted = true
  for (const client of [master, keyVaultMaster(service.client(master.id))]) {
    const { message } = await failureOf(client.unwrap(wrapped, CONTEXT, never))
    expect(message).toContain('no erasure')
    expect(message).toContain('az keyvault key recover')
  }
  service.deleted = false
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('a key that has expired says how to change that, although only the SDK compares the dates', async () => {
  service.expires = new Date(Date.UTC(2020, 0, 1))
  const { message } = await failureOf(keyVaultMaster(service.client(master.id)).unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('--expires')
})

test('a credential that gets no token says so', async () => {
  const credential = {
    async getToken() {
      throw Object.assign(new Error(`no token for ${TOKEN}`), { name: 'CredentialUnavailableError' })
    },
  }
  const client = keyVaultMaster(service.client(master.id, credential))
  const error = await client.unwrap(wrapped, CONTEXT, never).catch((reason: Error) => reason)
  expect(error).toBeInstanceOf(KeysUnavailable)
  expect((error as Error).message).toContain('no valid token')
  expect((error as Error).message).not.toContain(TOKEN)
})

test('a token that Key Vault does not accept says so', async () => {
  const credential = { getToken: async () => ({ token: 'another', expiresOnTimestamp: Date.now() + 3_600_000 }) }
  const client = keyVaultMaster(service.client(master.id, credential))
  expect((await failureOf(client.unwrap(wrapped, CONTEXT, never))).message).toContain('no valid token')
})
