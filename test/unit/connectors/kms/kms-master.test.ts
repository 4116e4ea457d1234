import { afterEach, beforeEach, expect, test } from 'vitest'
import { kmsMaster } from '../../../../src/connectors/kms/index.ts'
import { InvalidConfiguration } from '../../../../src/core/errors/index.ts'
import { FakeKms } from '../../../support/kms/fake-kms.ts'
import type { KmsKey } from '../../../support/kms/kms-keys.ts'

const KEY = Buffer.from('a key that has to remain a secret, 48 bytes long')
const CONTEXT = { vault: 'b0a1', epoch: '1' }
const never = new AbortController().signal

let service: FakeKms
let key: KmsKey

beforeEach(async () => {
  service = await FakeKms.start()
  key = service.createKey()
})

afterEach(async () => {
  expect(service.refused).toEqual([])
  await service[Symbol.asyncDispose]()
})

test('what a key of KMS wraps is unwrapped by another process', async () => {
  const wrapped = await kmsMaster(service.client(), key.arn).wrap(KEY, CONTEXT, never)
  expect(Buffer.from(wrapped).includes(KEY)).toBe(false)
  const elsewhere = kmsMaster(service.client(), key.arn)
  expect(Buffer.from(await elsewhere.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('the context is the encryption context of every call of KMS', async () => {
  const master = kmsMaster(service.client(), key.arn)
  await master.unwrap(await master.wrap(KEY, CONTEXT, never), CONTEXT, never)
  expect(service.contexts).toEqual([CONTEXT, CONTEXT, CONTEXT])
})

test('unwrapping the key of an epoch is one call of KMS', async () => {
  const master = kmsMaster(service.client(), key.arn)
  const wrapped = await master.wrap(KEY, CONTEXT, never)
  service.requests.length = 0
  await master.unwrap(wrapped, CONTEXT, never)
  expect(service.requests).toEqual(['Decrypt'])
})

test('after KMS has rotated the material of the key, it unwraps what the earlier material wrapped', async () => {
  const master = kmsMaster(service.client(), key.arn)
  const wrapped = await master.wrap(KEY, CONTEXT, never)
  key.rotate()
  const later = await master.wrap(KEY, CONTEXT, never)
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
  expect(Buffer.from(await master.unwrap(later, CONTEXT, never))).toEqual(KEY)
})

test('the id of a master key in KMS is the ARN of the key', () => {
  expect(kmsMaster(service.client(), key.arn).id).toBe(key.arn)
})

test.each([
  ['an alias', 'alias/tidemark'],
  ['the ARN of an alias', 'arn:aws:kms:eu-west-1:111122223333:alias/tidemark'],
  ['an id that does not say where the key is', '1234abcd-12ab-34cd-56ef-1234567890ab'],
])('%s is refused as the name of a master key', (_, name) => {
  expect(() => kmsMaster(service.client(), name)).toThrow(InvalidConfiguration)
})

test.each([
  'arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
  'arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
])('%s can be a master key', (arn) => {
  expect(kmsMaster(service.client(), arn).id).toBe(arn)
})

test('a key that was wrapped for another epoch is refused, and not tried again', async () => {
  const master = kmsMaster(service.client(), key.arn)
  const wrapped = await master.wrap(KEY, CONTEXT, never)
  service.requests.length = 0
  const unwrapping = master.unwrap(wrapped, { ...CONTEXT, epoch: '2' }, never)
  await expect(unwrapping).rejects.toThrow(InvalidConfiguration)
  expect(service.requests).toEqual(['Decrypt'])
})

test('a key that another key of KMS wrapped is refused, and not tried again', async () => {
  const wrapped = await kmsMaster(service.client(), key.arn).wrap(KEY, CONTEXT, never)
  const other = kmsMaster(service.client(), service.createKey().arn)
  const unwrapping = other.unwrap(wrapped, CONTEXT, never)
  await expect(unwrapping).rejects.toThrow(InvalidConfiguration)
  await expect(unwrapping).rejects.toThrow('another key wrapped these bytes')
})
