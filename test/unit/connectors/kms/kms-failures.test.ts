import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kmsMaster } from '../../../../src/connectors/kms/index.ts'
import { KeysUnavailable } from '../../../../src/core/errors/index.ts'
import type { MasterKey } from '../../../../src/privacy/vault/master/master-key.ts'
import type { Fault } from '../../../support/http/faults.ts'
import { FakeKms, THROTTLED } from '../../../support/kms/fake-kms.ts'
import type { KmsKey } from '../../../support/kms/kms-keys.ts'
import { CREDENTIALS } from '../../../support/kms/signature.ts'

const KEY = Buffer.from('a key that has to remain a secret, 48 bytes long')
const CONTEXT = { vault: 'b0a1', epoch: '1' }
const never = new AbortController().signal

let service: FakeKms
let key: KmsKey
let master: MasterKey
let wrapped: Uint8Array

beforeEach(async () => {
  service = await FakeKms.start()
  key = service.createKey()
  master = kmsMaster(service.client(), key.arn)
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
    expect(text).not.toContain(CREDENTIALS.secretAccessKey)
    expect(text).not.toContain(KEY.toString('base64').slice(0, 20))
    expect(text).not.toContain(Buffer.from(wrapped).toString('base64').slice(0, 20))
  }
  return error
}

const answerOf = (answer: number, type: string): Fault => ({
  answer,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: type, message: 'for a test' }),
})

test.each<[string, Fault, string]>([
  ['throttles', THROTTLED, 'ThrottlingException'],
  ['fails', answerOf(500, 'KMSInternalException'), 'status 500, KMSInternalException'],
  ['waits for another service', answerOf(503, 'DependencyTimeoutException'), 'DependencyTimeoutException'],
  ['cannot reach the key', answerOf(500, 'KeyUnavailableException'), 'KeyUnavailableException'],
  ['is a proxy that shows a page', { answer: 502, body: '<html></html>' }, 'Decrypt failed'],
  ['ends connections', { cut: true }, 'ECONNRESET'],
])('a KMS that %s is unavailable, and may be tried again', async (_, fault, text) => {
  service.faults.always(fault)
  expect((await failureOf(master.unwrap(wrapped, CONTEXT, never))).message).toContain(text)
  service.faults.clear()
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('the SDK tries again by itself when KMS throttles', async () => {
  service.faults.next(THROTTLED)
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('a call of KMS that hangs ends when its caller gives up', async () => {
  service.faults.always({ hang: true })
  service.requests.length = 0
  const caller = new AbortController()
  const unwrapping = master.unwrap(wrapped, CONTEXT, caller.signal)
  await expect.poll(() => service.requests).toEqual(['Decrypt'])
  caller.abort()
  expect((await failureOf(unwrapping)).message).toContain('AbortError')
})

test('an answer of KMS that comes after its caller gave up disturbs nothing', async () => {
  const late = Promise.withResolvers<void>()
  service.faults.next({ late: late.promise })
  service.requests.length = 0
  const caller = new AbortController()
  const unwrapping = master.unwrap(wrapped, CONTEXT, caller.signal)
  await expect.poll(() => service.requests).toEqual(['Decrypt'])
  caller.abort()
  await failureOf(unwrapping)
  late.resolve()
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('without the permission to decrypt, the error names it', async () => {
  service.permissions.delete('Decrypt')
  const { message } = await failureOf(master.unwrap(wrapped, CONTEXT, never))
  expect(message).toContain(`The permission kms:Decrypt for ${key.arn} is missing`)
})

test('without the permission to encrypt, the error names it, and shows nothing of the key', async () => {
  service.permissions.delete('Encrypt')
  const { message } = await failureOf(master.wrap(KEY, CONTEXT, never))
  expect(message).toContain(`The permission kms:Encrypt for ${key.arn} is missing`)
})

test('a key that can encrypt but not decrypt is found out before anything depends on it', async () => {
  service.permissions.delete('Decrypt')
  const { message } = await failureOf(master.wrap(KEY, CONTEXT, never))
  expect(message).toContain('The permission kms:Decrypt')
})

test('a key that comes back different is never relied on', async () => {
  const body = JSON.stringify({ KeyId: key.arn, Plaintext: Buffer.alloc(KEY.length).toString('base64') })
  service.faults.next({ late: Promise.resolve() }, { answer: 200, body })
  await expect(master.wrap(KEY, CONTEXT, never)).rejects.toThrow('does not decrypt what it encrypted')
})

test('a disabled key is not taken for erasure, and works when it is enabled again', async () => {
  key.state = 'Disabled'
  const { message } = await failureOf(master.unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('disabled, and nothing was erased')
  expect(message).toContain(`aws kms enable-key --key-id ${key.arn}`)
  key.state = 'Enabled'
  expect(Buffer.from(await master.unwrap(wrapped, CONTEXT, never))).toEqual(KEY)
})

test('a key that is pending deletion is not taken for erasure, and the error says how to cancel that', async () => {
  key.state = 'PendingDeletion'
  const { message } = await failureOf(master.unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('no erasure')
  expect(message).toContain(`aws kms cancel-key-deletion --key-id ${key.arn}`)
})

test('a key that is gone is not taken for erasure', async () => {
  service.keys.delete(key.arn)
  expect((await failureOf(master.unwrap(wrapped, CONTEXT, never))).message).toContain('no erasure')
})

test('credentials that KMS does not know say so', async () => {
  const client = service.client({ credentials: { ...CREDENTIALS, accessKeyId: 'AKIDOFNOBODY' } })
  const { message } = await failureOf(kmsMaster(client, key.arn).unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('does not accept the credentials')
})

test('credentials whose secret is wrong say so', async () => {
  const client = service.client({ credentials: { ...CREDENTIALS, secretAccessKey: 'another' } })
  const { message } = await failureOf(kmsMaster(client, key.arn).unwrap(wrapped, CONTEXT, never))
  expect(message).toContain('does not accept the credentials')
  expect(new Set(service.refused.splice(0))).toEqual(new Set(['the signature does not match']))
})

test('credentials that cannot be found say so', async () => {
  const credentials = async () => {
    throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' })
  }
  const { message } = await failureOf(
    kmsMaster(service.client({ credentials }), key.arn).unwrap(wrapped, CONTEXT, never),
  )
  expect(message).toContain('credentials')
})
