import { CryptographyClient } from '@azure/keyvault-keys'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyVaultMaster } from '../../../../src/connectors/key-vault/index.ts'
import { InvalidConfiguration } from '../../../../src/core/errors/index.ts'
import { FakeKeyVault } from '../../../support/key-vault/fake-key-vault.ts'
import { TENANT } from '../../../support/key-vault/key-vault-client.ts'
import { aesMaterial } from '../../../support/key-vault/vault-keys.ts'

const KEY = Buffer.from('a key that has to remain a secret, 48 bytes long')
const CONTEXT = { vault: 'b0a1', epoch: '1' }
const never = new AbortController().signal

let service: FakeKeyVault

beforeEach(async () => {
  service = await FakeKeyVault.start()
})

afterEach(async () => {
  expect(service.refused).toEqual([])
  await service[Symbol.asyncDispose]()
})

test('what a key of Key Vault wraps is unwrapped by another process', async () => {
  const client = service.rotate()
  const wrapped = await keyVaultMaster(client).wrap(KEY, CONTEXT, never)
  expect(Buffer.from(wrapped).includes(KEY)).toBe(false)
  const elsewhere = keyVaultMaster(service.client(client.keyID ?? ''))
  expect(Buffer.from(await elsewhere.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('the client answers the challenge of Key Vault with a token for its tenant and resource', async () => {
  await keyVaultMaster(service.rotate()).wrap(KEY, CONTEXT, never)
  expect(service.asked[0]).toEqual({ scopes: ['https://vault.azure.net/.default'], tenantId: TENANT })
})

test('unwrapping the key of an epoch is one call of Key Vault, besides reading the key once', async () => {
  const client = service.rotate()
  const wrapped = await keyVaultMaster(client).wrap(KEY, CONTEXT, never)
  service.requests.length = 0
  const master = keyVaultMaster(service.client(client.keyID ?? ''))
  await master.unwrap(wrapped, CONTEXT, never)
  await master.unwrap(wrapped, CONTEXT, never)
  expect(service.requests).toEqual(['get', 'unwrapkey', 'unwrapkey'])
})

test('the permission to read the key is not needed', async () => {
  service.permissions.delete('get')
  const master = keyVaultMaster(service.rotate())
  const wrapped = await master.wrap(KEY, CONTEXT, never)
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('an AES key of a managed HSM wraps by AES key wrap', async () => {
  await using hsm = await FakeKeyVault.start(aesMaterial)
  const master = keyVaultMaster(hsm.rotate(), { algorithm: 'A256KW' })
  for (const length of [1, 32, 48, 63, 64]) {
    const key = Buffer.alloc(length, length)
    const wrapped = await master.wrap(key, CONTEXT, never)
    expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(key)
  }
  expect(hsm.refused).toEqual([])
})

test('after Key Vault has rotated the key, an earlier version unwraps what it wrapped, and its id stays the same', async () => {
  const client = service.rotate()
  const wrapped = await keyVaultMaster(client).wrap(KEY, CONTEXT, never)
  const next = keyVaultMaster(service.rotate())
  const earlier = keyVaultMaster(service.client(client.keyID ?? ''))
  expect(earlier.id).toBe(client.keyID)
  expect(next.id).not.toBe(earlier.id)
  expect(Buffer.from(await earlier.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('the id of a master key in Key Vault names vault, key and version', () => {
  expect(keyVaultMaster(service.rotate()).id).toMatch(
    /^https:\/\/acme\.vault\.azure\.net\/keys\/tidemark\/[0-9a-f]{32}$/,
  )
})

test.each([
  ['a key without a version', 'https://acme.vault.azure.net/keys/tidemark'],
  ['a key without a version, but a slash', 'https://acme.vault.azure.net/keys/tidemark/'],
  ['an address without encryption', 'http://acme.vault.azure.net/keys/tidemark/0123456789abcdef0123456789abcdef'],
])('a client for %s is refused', (_, id) => {
  expect(() => keyVaultMaster(service.client(id))).toThrow(InvalidConfiguration)
})

test('a client for a local key is refused', () => {
  expect(() => keyVaultMaster(new CryptographyClient({ kty: 'RSA' }))).toThrow('<vault>/keys/<name>/<version>')
})

test('a key that was wrapped for another epoch is refused, and not tried again', async () => {
  const master = keyVaultMaster(service.rotate())
  const wrapped = await master.wrap(KEY, CONTEXT, never)
  await expect(master.unwrap(wrapped, { ...CONTEXT, epoch: '2' }, never)).rejects.toThrow(InvalidConfiguration)
})

test('a key that another version wrapped is refused, and not tried again', async () => {
  const wrapped = await keyVaultMaster(service.rotate()).wrap(KEY, CONTEXT, never)
  const other = keyVaultMaster(service.rotate())
  await expect(other.unwrap(wrapped, CONTEXT, never)).rejects.toThrow(InvalidConfiguration)
})

test('an algorithm that does not fit the key is refused by name', async () => {
  await using hsm = await FakeKeyVault.start(aesMaterial)
  hsm.permissions.delete('get')
  const refused = keyVaultMaster(hsm.rotate()).wrap(KEY, CONTEXT, never)
  await expect(refused).rejects.toThrow(InvalidConfiguration)
  await expect(refused).rejects.toThrow('RSA-OAEP-256 is no algorithm of this key')
})
