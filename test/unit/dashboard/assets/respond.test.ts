import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createAsset } from '../../../../src/dashboard/assets/asset.ts'
import { respondWithAsset } from '../../../../src/dashboard/assets/respond.ts'

const text = 'const a = 1\n'.repeat(500)
const asset = createAsset('main-abc.js', text, true)

test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip, deflate', 'gzip', gunzipSync],
  ['br;q=0, GZIP;q=0.5', 'gzip', gunzipSync],
])('a browser that accepts %j is sent %s', (accepted, encoding, decompress) => {
  const { status, headers, body } = respondWithAsset(asset, { 'accept-encoding': accepted })
  expect([status, headers['content-encoding'], headers['content-length']]).toEqual([200, encoding, body?.length])
  expect(decompress(body ?? Buffer.alloc(0)).toString()).toBe(text)
})

test.each([undefined, 'identity', 'br;q=0'])('a browser that accepts %j is sent the file as it is', (accepted) => {
  const { headers, body } = respondWithAsset(asset, { ...(accepted !== undefined && { 'accept-encoding': accepted }) })
  expect(headers['content-encoding']).toBeUndefined()
  expect(Buffer.from(body ?? []).toString()).toBe(text)
})

test('a browser that has the file is sent nothing of it', () => {
  const { status, body, headers } = respondWithAsset(asset, { 'if-none-match': `"other", W/${asset.etag}` })
  expect([status, body, headers.etag]).toEqual([304, null, asset.etag])
})

test('a name with a hash is kept for ever, and every other file is asked for again', () => {
  const caching = (cacheable: boolean) =>
    respondWithAsset(createAsset('index.html', 'x', cacheable), {}).headers['cache-control']
  expect([caching(true), caching(false)]).toEqual(['public, max-age=31536000, immutable', 'no-cache'])
})

test('a file is compressed once', () => {
  expect(asset.compressed('br')).toBe(asset.compressed('br'))
})
