import { describe, expect, it } from 'vitest'
import { parseMongoUrl } from '../../../src/open/mongo-url.ts'
import { openStorage } from '../../../src/open/open-storage.ts'

describe('a mongodb URL', () => {
  it.each([
    ['mongodb://127.0.0.1/data', { uri: 'mongodb://127.0.0.1/data', database: 'data' }],
    [
      'mongodb://a:1,b:2/data?replicaSet=rs0&slots=16',
      { uri: 'mongodb://a:1,b:2/data?replicaSet=rs0', database: 'data', slots: 16 },
    ],
    [
      'mongodb+srv://u:p%3Fslots%3D4@h.example/my%2Ddata?slots=4&collections=meter%5F&authSource=admin&w=1',
      {
        uri: 'mongodb+srv://u:p%3Fslots%3D4@h.example/my%2Ddata?authSource=admin&w=1',
        database: 'my-data',
        slots: 4,
        collections: 'meter_',
      },
    ],
    ['MONGODB://h/data?slots=1', { uri: 'MONGODB://h/data', database: 'data', slots: 1 }],
    ['mongodb://h/data?slotsize=3', { uri: 'mongodb://h/data?slotsize=3', database: 'data' }],
  ])('%s is %j', (url, expected) => {
    expect(parseMongoUrl(url, 'url')).toEqual(expected)
  })

  it.each([
    ['mongodb://h', /database/],
    ['mongodb://h/', /database/],
    ['mongodb://h/?replicaSet=rs0', /database/],
    ['mongodb://h/a/b', /database/],
    ['mongodb://h/a%2Fb', /a\/b/],
    ['mongodb://h/a.b', /a\.b/],
    [`mongodb://h/${'x'.repeat(64)}`, /xxx/],
    ['mongodb://h/a%', /%/],
    ['mongodb://h/data?slots=', /slots/],
    ['mongodb://h/data?slots=four', /slots/],
    ['mongodb://h/data?slots=4&slots=4', /slots twice/],
    ['mongodb://h/data?slots=0', /slots/],
    ['mongodb://h/data?slots=257', /slots/],
    // The rest is the driver's to refuse, which it does before it connects.
    ['mongodb://h/data?Slots=4', /slots/i],
    ['mongodb://h/data?retryWrite=true', /retrywrite/i],
    // No resolver asks for a name that is longer than names may be, so that this needs no network.
    [`mongodb+srv://${'x'.repeat(64)}.example.org/data`, /no cluster is called x+/],
    ['mongodb+srv://h:27017/data', /driver/],
    ['mongodb://h:x/data', /driver/],
  ])('%s is refused, naming the setting', async (url, message) => {
    const opened = openStorage(url, { setting: 'TIDEMARK_STORAGE' })
    await expect(opened).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    await expect(opened).rejects.toThrow(message)
    await expect(opened).rejects.toThrow(/TIDEMARK_STORAGE|slots|database/)
  })

  it('never comes back in an error with its password', async () => {
    for (const end of ['h:x/data', 'h/data?retryWrite=true', 'h/', '/data', ':1/data']) {
      const error = await openStorage(`mongodb://user:secret@${end}`).catch((error: unknown) => error)
      expect(String((error as Error).stack), end).not.toContain('secret')
      expect((error as Error).cause, end).toBeUndefined()
    }
  })
})
