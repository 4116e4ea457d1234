import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { s3Payloads } from '../../../../src/connectors/s3/index.ts'
import { createPayloads } from '../../../../src/privacy/payloads/create-payloads.ts'
import { givenPayload, referenceTo } from '../../../support/payloads/given.ts'
import { memoryCache } from '../../../support/payloads/memory-payloads.ts'
import { payloadStoreCases } from '../../../support/payloads/store-cases.ts'
import { startS3, type TestS3 } from '../../../support/servers/s3.ts'
import { findServerFolder } from '../../../support/servers/test-server-folder.ts'

const server = findServerFolder('s3', 'THE S3 TESTS')

payloadStoreCases(
  'S3',
  async () => {
    const s3 = await startS3(server ?? '')
    return {
      store: s3Payloads(s3.client, { bucket: s3.bucket, prefix: 'some/prefix/' }),
      [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose](),
    }
  },
  { skip: server === undefined },
)

describe.skipIf(server === undefined)('payloads in S3', () => {
  let s3: TestS3
  beforeAll(async () => {
    s3 = await startS3(server ?? '')
  })
  afterAll(() => s3?.[Symbol.asyncDispose]())
  beforeEach(() => {
    s3.proxy.decide(() => 'forward')
    s3.proxy.requests.length = 0
  })
  const store = () => s3Payloads(s3.client, { bucket: s3.bucket })
  const requests = (method: string) => s3.proxy.requests.filter((line) => line.startsWith(`${method} `)).length

  it('under another prefix of the bucket are others', async () => {
    const [one, other] = ['one/', 'other/'].map((prefix) => s3Payloads(s3.client, { bucket: s3.bucket, prefix }))
    await one?.put('o/s/e/f', Buffer.from('x'))
    expect(await other?.get('o/s/e/f')).toBeUndefined()
    expect(await other?.removeAll('')).toBe(0)
    expect(await one?.get('o/s/e/f')).toBeDefined()
  })

  it('cost one request to put, and one to get', async () => {
    await store().put('o/s/e/f', Buffer.from('x'))
    await store().get('o/s/e/f')
    expect([requests('PUT'), requests('GET'), s3.proxy.requests.length]).toEqual([1, 1, 2])
  })

  it('are not lost because the bucket is missing, or a status other than 404 came back', async () => {
    const failure = (text: string | RegExp) =>
      expect.objectContaining({ code: 'PayloadStoreFailed', message: expect.stringMatching(text) })
    const absent = s3Payloads(s3.client, { bucket: 'absent' })
    await expect(absent.get('o/s/e/f')).rejects.toThrow(failure('s3://absent/ failed: get: NoSuchBucket, status 404'))
    for (const status of [403, 500, 503]) {
      s3.proxy.decide(() => ({ status }))
      await expect(store().get('o/s/e/f')).rejects.toThrow(failure(`status ${status}`))
      await expect(store().put('o/s/e/f', Buffer.from('x'))).rejects.toThrow(failure(`status ${status}`))
      await expect(store().remove('o/s/e/f')).rejects.toThrow(failure(`status ${status}`))
      await expect(store().removeAll('o/')).rejects.toThrow(failure(`status ${status}`))
      await expect(Array.fromAsync(store().list())).rejects.toThrow(failure(`status ${status}`))
    }
  })

  it.each(['cutBefore', 'cutBody'] as const)('are not tampered with because the connection was %s', async (fate) => {
    await store().put('cut/s/e/f', Buffer.alloc(1e6, 'x'))
    s3.proxy.decide(() => fate)
    await expect(store().get('cut/s/e/f')).rejects.toThrow(expect.objectContaining({ code: 'PayloadStoreFailed' }))
    s3.proxy.decide(() => 'forward')
    expect((await store().get('cut/s/e/f'))?.byteLength).toBe(1e6)
  })

  it('end when the caller aborts, while the server hangs', async () => {
    s3.proxy.decide(() => 'hang')
    const aborted = new AbortController()
    const getting = store().get('o/s/e/f', aborted.signal)
    const ended = expect(getting).rejects.toThrow()
    while (s3.proxy.requests.length === 0) await new Promise(setImmediate)
    aborted.abort()
    await ended
  })

  it('make no request for a cached page, and one for each payload once the cache is empty, which fills it', async () => {
    const cache = memoryCache()
    const payloads = createPayloads({ rules: [{ name: 'all', store: store() }], cache })
    const page = Array.from({ length: 20 }, (_, n) => givenPayload('p', n))
    const references = page.map((payload) => referenceTo(payload))
    await payloads.put(page)
    expect(requests('PUT')).toBe(20)
    await payloads.fetch(references)
    expect(requests('GET')).toBe(0)
    cache.entries.clear()
    await payloads.fetch(references)
    expect(requests('GET')).toBe(20)
    await payloads.fetch(references)
    expect(requests('GET')).toBe(20)
  })
})
