import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultKeyFile, readVaultConfig, type VaultConfig } from '../../../../src/open/vault/vault-config.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const MONGO = 'mongodb://127.0.0.1:27017/meters'

const read = (environment: Record<string, string>, storage = MONGO): VaultConfig | undefined =>
  readVaultConfig(environment, storage, 'TIDEMARK_STORAGE')

describe('the configuration of a vault', () => {
  it('is absent where no key is named and none lies beside the folder', () => {
    expect(read({})).toBeUndefined()
    expect(read({ VAULT_KEY: '', PAYLOADS: '' })).toBeUndefined()
    expect(read({}, `file:${join(tempFolder(), 'data')}`)).toBeUndefined()
  })

  it('takes the key file beside the folder, and a folder of payloads in it', () => {
    const data = join(tempFolder(), 'data')
    writeFileSync(`${data}.key`, '')
    expect(read({}, `file:${data}?ranges=4`)).toEqual({
      masters: [{ kind: 'file', file: `${data}.key` }],
      payloads: { kind: 'folder', folder: join(data, 'payloads') },
    })
  })

  it('has no payload store by default where the storage is no folder', () => {
    expect(read({ VAULT_KEY: './master.key' })).toEqual({ masters: [{ kind: 'file', file: './master.key' }] })
  })

  it.each([
    ['file:./data', './data.key'],
    ['file:./data/', './data.key'],
    ['file:///var/lib/meters/', '/var/lib/meters.key'],
    ['file:data?ranges=8', 'data.key'],
    [MONGO, undefined],
  ])('keeps the key of %s in %s', (storage, file) => {
    expect(defaultKeyFile(storage, 'TIDEMARK_STORAGE')).toBe(file)
  })

  const keyVault = 'https://meters.vault.azure.net/keys/master/0123456789abcdef'
  const kms = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'

  it('names several master keys during a rotation, the one that wraps first', () => {
    expect(read({ VAULT_KEY: `${kms}, ${keyVault},old.key` })?.masters).toEqual([
      { kind: 'kms', arn: kms, region: 'eu-central-1' },
      { kind: 'key-vault', url: keyVault },
      { kind: 'file', file: 'old.key' },
    ])
  })

  it('reads everything else that can be set', () => {
    const environment = {
      VAULT_KEY: 'master.key',
      VAULT_STORAGE: 'mongodb://127.0.0.1:27017/keys',
      PAYLOADS: 's3://acme/meters?region=eu-central-1',
      PAYLOADS_PERSONAL: './gdpr',
      PAYLOAD_CACHE: 'rediss://user:secret@redis.example.com:6380/1',
      PAYLOAD_CACHE_TTL: '60000',
      KEY_CACHE_TTL: '0',
      KEY_CACHE_MARGIN: '250',
    }
    expect(read(environment)).toEqual({
      masters: [{ kind: 'file', file: 'master.key' }],
      storage: environment.VAULT_STORAGE,
      payloads: { kind: 's3', bucket: 'acme', prefix: 'meters/', region: 'eu-central-1' },
      personalPayloads: { kind: 'folder', folder: './gdpr' },
      payloadCache: { url: environment.PAYLOAD_CACHE, ttl: 60_000 },
      keyCacheTtl: 0,
      clockMargin: 250,
    })
  })

  it.each([
    ['./scans', { kind: 'folder', folder: './scans' }],
    ['/var/scans', { kind: 'folder', folder: '/var/scans' }],
    ['s3://acme', { kind: 's3', bucket: 'acme', prefix: '' }],
    ['s3://acme/a/b/', { kind: 's3', bucket: 'acme', prefix: 'a/b/' }],
    [
      's3://acme?endpoint=http://127.0.0.1:9000',
      { kind: 's3', bucket: 'acme', prefix: '', endpoint: 'http://127.0.0.1:9000' },
    ],
    ['azblob://acme/scans', { kind: 'azure-blob', account: 'acme', container: 'scans' }],
  ])('stores payloads in %s', (payloads, address) => {
    expect(read({ VAULT_KEY: 'master.key', PAYLOADS: payloads })?.payloads).toEqual(address)
  })

  it.each([
    ['VAULT_KEY', 'master.key,,old.key'],
    ['VAULT_KEY', 'https://meters.vault.azure.net/keys/master'],
    ['VAULT_KEY', 'https://user@meters.vault.azure.net/keys/master/0123'],
    ['VAULT_KEY', 'arn:aws:kms:eu-central-1:111122223333:alias/master'],
    ['VAULT_KEY', 'file:master.key'],
    ['PAYLOADS', 'ftp://acme/scans'],
    ['PAYLOADS', 's3://'],
    ['PAYLOADS', 's3://acme?bucket=other'],
    ['PAYLOADS', 's3://acme?endpoint=acme'],
    ['PAYLOADS', 'azblob://acme'],
    ['PAYLOAD_CACHE', '127.0.0.1:6379'],
    ['PAYLOADS_PERSONAL', 'ftp://acme/scans'],
    ['PAYLOAD_CACHE_TTL', '5h'],
    ['PAYLOAD_CACHE_TTL', '0'],
    ['KEY_CACHE_TTL', '3600001'],
    ['KEY_CACHE_TTL', '-1'],
    ['KEY_CACHE_MARGIN', '1s'],
  ])('refuses %s=%s, naming the variable', (name, value) => {
    const environment = { VAULT_KEY: 'master.key', [name]: value }
    expect(() => read(environment)).toThrow(expect.objectContaining({ code: 'InvalidConfiguration', setting: name }))
  })

  it('never repeats the password of a cache', () => {
    expect(() => read({ VAULT_KEY: 'master.key', PAYLOAD_CACHE: 'http://:hunter2@redis' })).toThrow(
      /^(?!.*hunter2).*PAYLOAD_CACHE/,
    )
  })

  it.each(['VAULT_STORAGE', 'PAYLOADS', 'PAYLOADS_PERSONAL', 'PAYLOAD_CACHE'])('refuses %s without a key', (name) => {
    expect(() => read({ [name]: 'file:./other' })).toThrow(expect.objectContaining({ setting: 'VAULT_KEY' }))
  })
})
