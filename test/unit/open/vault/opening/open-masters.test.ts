import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseMasterAddress } from '../../../../../src/open/vault/addresses.ts'
import { openMaster } from '../../../../../src/open/vault/opening/open-masters.ts'
import { FakeKms } from '../../../../support/kms/fake-kms.ts'
import { CREDENTIALS } from '../../../../support/kms/signature.ts'

const KEY_VAULT = 'https://acme.vault.azure.net/keys/tidemark/0123456789abcdef0123456789abcdef'

describe('openMaster', () => {
  let kms: FakeKms
  beforeEach(async () => {
    kms = await FakeKms.start()
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', kms.url)
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    expect(kms.refused).toEqual([])
    await kms[Symbol.asyncDispose]()
  })

  it('opens a key in AWS KMS, in the region of its ARN, with the credentials of the environment', async () => {
    const { arn } = kms.createKey()
    const master = await openMaster(parseMasterAddress(arn, 'VAULT_KEY'), 'VAULT_KEY')
    const { signal } = new AbortController()
    const wrapped = await master.wrap(Buffer.from('key'), { epoch: '1' }, signal)
    expect(Buffer.from(await master.unwrap(wrapped, { epoch: '1' }, signal)).toString()).toBe('key')
    expect(master.id).toBe(arn)
  })

  it('opens a key in Azure Key Vault without a call, which would need an identity', async () => {
    const master = await openMaster(parseMasterAddress(KEY_VAULT, 'VAULT_KEY'), 'VAULT_KEY')
    expect(master.id).toBe(KEY_VAULT)
  })
})
