import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../../src/core/errors/storage.ts'
import { canonicalJson } from '../../../../../src/core/json/canonical-json.ts'
import type { Json } from '../../../../../src/core/json/json.ts'
import { openDemo } from '../../support.ts'
import { ADA, ADAS_METER, CONTRACT, type Demo, putContract } from './support.ts'

const key = (name: string) => ({ 'idempotency-key': name })
const reused = { status: 422, body: { code: 'CommandIdReused' } }

const hash = (content: Json) => createHash('sha256').update(canonicalJson(content)).digest('hex')

/** Sends every kind of write about a customer with a key of its own. */
async function sendAll(demo: Demo) {
  return [
    await demo.post('/customers', ADA, key('a')),
    await putContract(demo, 'c-1', CONTRACT, key('b')),
    await demo.post('/meters', ADAS_METER, key('c')),
  ]
}

it('returns the first result of a repeated request', async () => {
  const demo = await openDemo({ projecting: false })
  const first = await sendAll(demo)
  const again = await sendAll(demo)
  expect(first.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(again.map(({ status, body }) => ({ status, body }))).toEqual(
    first.map(({ status, body }) => ({ status, body })),
  )
})

it('refuses another request with the key, even if only what is personal differs', async () => {
  const demo = await openDemo({ projecting: false })
  await sendAll(demo)
  const before = await demo.countEvents()
  for (const answer of [
    await demo.post('/customers', { ...ADA, name: 'Somebody else' }, key('a')),
    await demo.post('/customers', { ...ADA, customerId: 'c-2' }, key('a')),
    await putContract(demo, 'c-1', Buffer.from('%PDF-2.0'), key('b')),
    await demo.post('/meters', { ...ADAS_METER, houseNumber: '8' }, key('c')),
    await demo.post('/meters', { ...ADAS_METER, meterId: 'm-2' }, key('c')),
  ]) {
    expect(answer).toMatchObject(reused)
  }
  expect(await demo.countEvents()).toBe(before)
})

it('keeps no hash with which a guess could be confirmed', async () => {
  const demo = await openDemo({ projecting: false })
  await sendAll(demo)
  const log = JSON.stringify(await Array.fromAsync(demo.storage.events.query({})))
  const { customerId, ...personal } = ADA
  const { postalCode, houseNumber } = ADAS_METER
  const bytes = createHash('sha256').update(CONTRACT).digest('hex')
  const guesses = [
    ...[ADA, personal].map((body) => hash(['POST', '/customers', body])),
    ...[ADAS_METER, { postalCode, houseNumber }].map((body) => hash(['POST', '/meters', body])),
    hash(['PUT', '/customers/c-1/contract', bytes]),
    bytes,
  ]
  for (const guess of guesses) expect(log).not.toContain(guess)
  // What is kept in clear is about nobody.
  expect(log).toContain(hash(['POST', '/customers', { customerId }]))
})

it('compares what is left once the customer was forgotten', async () => {
  const demo = await openDemo()
  await sendAll(demo)
  expect((await demo.post('/customers/c-1/forget', undefined, key('d'))).status).toBe(200)
  const log = await Array.fromAsync(demo.storage.events.query({ category: 'request' }))
  expect(log).toHaveLength(3)
  for (const answer of await sendAll(demo)) expect([201, 410]).toContain(answer.status)
  expect(await demo.post('/meters', { ...ADAS_METER, meterId: 'm-2' }, key('c'))).toMatchObject(reused)
  expect((await demo.get('/customers/c-1')).body).toMatchObject({ name: '(forgotten)' })
})

it('knows the request again after its first attempt ended halfway', async () => {
  const demo = await openDemo({ projecting: false })
  const { append } = demo.storage.events
  demo.storage.events.append = async (streamId, ...rest) => {
    if (streamId.startsWith('request:')) throw new StorageUnavailable('gone')
    return append(streamId, ...rest)
  }
  expect((await demo.post('/customers', ADA, key('a'))).status).toBe(503)
  demo.storage.events.append = append
  expect(await demo.post('/customers', ADA, key('a'))).toMatchObject({ status: 201, body: { version: 1 } })
  expect(await demo.post('/customers', { ...ADA, name: 'Somebody else' }, key('a'))).toMatchObject(reused)
})
