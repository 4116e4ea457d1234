import { describe, expect, it } from 'vitest'
import { parseCosmosUrl, parseEmulatorUrl } from '../../../src/open/cosmos/parse-url.ts'

describe('the URL of an account', () => {
  it.each([
    [
      'https://account.documents.azure.com/meters',
      { endpoint: 'https://account.documents.azure.com/', database: 'meters' },
    ],
    [
      'HTTPS://Account.documents.azure.com:443/meters/?append=batch',
      { endpoint: 'https://account.documents.azure.com/', database: 'meters', append: 'transactionalBatch' },
    ],
    [
      'https://127.0.0.1:8081/my%20meters?append=procedure',
      { endpoint: 'https://127.0.0.1:8081/', database: 'my meters', append: 'storedProcedure' },
    ],
  ])('%s is %j', (url, expected) => {
    expect(parseCosmosUrl(url, 'url')).toEqual(expected)
  })

  it.each([
    ['https://account.documents.azure.com', /must name a database/],
    ['https://account.documents.azure.com/', /must name a database/],
    ['https:///meters', /must name a database/],
    ['https://', /must be a URL/],
    ['https://account.documents.azure.com/a/b', /"a\/b" cannot be the name/],
    ['https://account.documents.azure.com/a%2Fb', /"a\/b" cannot be the name/],
    ['https://account.documents.azure.com/a%20', /"a " cannot be the name/],
    [`https://account.documents.azure.com/${'a'.repeat(256)}`, /cannot be the name/],
    ['https://account.documents.azure.com/a%zz', /escapes nothing/],
    ['https://account.documents.azure.com/a#b', /after #/],
    ['https://account.documents.azure.com/a?append=later', /append must be procedure or batch/],
    ['https://account.documents.azure.com/a?append=batch&append=batch', /append twice/],
    ['https://account.documents.azure.com/a?partitions=4', /does not know the parameter "partitions"/],
    ['https://account.documents.azure.com/a?toString=4', /does not know the parameter "toString"/],
  ])('%s is refused', (url, message) => {
    expect(() => parseCosmosUrl(url, 'TIDEMARK_STORAGE')).toThrow(
      expect.objectContaining({ code: 'InvalidConfiguration', setting: 'TIDEMARK_STORAGE' }),
    )
    expect(() => parseCosmosUrl(url, 'TIDEMARK_STORAGE')).toThrow(message)
  })

  it('is refused with credentials in it, without repeating them', () => {
    const parse = () => parseCosmosUrl('https://me:s3cret@account.documents.azure.com/a', 'url')
    expect(parse).toThrow(/COSMOS_KEY/)
    expect(parse).toThrow(expect.not.objectContaining({ message: expect.stringContaining('s3cret') }))
    const misplaced = () => parseCosmosUrl('https://account.documents.azure.com/a?AccountKey=s3cret', 'url')
    expect(misplaced).toThrow(expect.not.objectContaining({ message: expect.stringContaining('s3cret') }))
  })
})

describe('the URL of an emulator', () => {
  const plain = {
    endpoint: 'http://127.0.0.1:8081/',
    host: '127.0.0.1',
    port: 8081,
    database: 'tidemark',
    partitions: 4,
  }
  it.each([
    ['cosmos-emulator://127.0.0.1', plain],
    ['cosmos-emulator://127.0.0.1:8081/', plain],
    [
      'Cosmos-Emulator://LOCALHOST:9000/Meters?partitions=1&append=batch',
      {
        endpoint: 'http://localhost:9000/',
        host: 'localhost',
        port: 9000,
        database: 'Meters',
        partitions: 1,
        append: 'transactionalBatch',
      },
    ],
    ['cosmos-emulator://[::1]:81', { ...plain, endpoint: 'http://[::1]:81/', host: '::1', port: 81 }],
  ])('%s is %j', (url, expected) => {
    expect(parseEmulatorUrl(url, 'url')).toEqual(expected)
  })

  it.each([
    ['cosmos-emulator://192.168.1.7:8081', /must be on this machine/],
    ['cosmos-emulator://0.0.0.0:8081', /must be on this machine/],
    ['cosmos-emulator://localhost.example.org', /must be on this machine/],
    ['cosmos-emulator://127.0.0.1.example.org', /must be on this machine/],
    ['cosmos-emulator:8081', /must be on this machine/],
    ['cosmos-emulator://127.0.0.1:0', /must name a port/],
    ['cosmos-emulator://127.0.0.1:65536', /must be a URL/],
    ['cosmos-emulator://127.0.0.1?partitions=0', /partitions must be/],
    ['cosmos-emulator://127.0.0.1?partitions=257', /partitions must be/],
    ['cosmos-emulator://127.0.0.1?partitions=', /partitions must be/],
    ['cosmos-emulator://127.0.0.1?ranges=4', /does not know the parameter "ranges"/],
  ])('%s is refused', (url, message) => {
    expect(() => parseEmulatorUrl(url, 'url')).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
    expect(() => parseEmulatorUrl(url, 'url')).toThrow(message)
  })
})
