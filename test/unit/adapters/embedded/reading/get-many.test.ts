import { expect, it } from 'vitest'
import { open } from '../../../../support/embedded/folders.ts'

const view = (key: string, text: string) => ({
  ...{ id: `p:1:${key}`, projection: 'p', version: 1, key, incarnation: '', tidemarks: [] },
  data: { text },
})

it('reads many views, large ones among them, in the keys’ order and each once', async () => {
  const storage = await open()
  const keys = Array.from({ length: 700 }, (_, i) => `k${(i * 37) % 700}`)
  const large = 'x'.repeat(1_500_000)
  const texts = new Map([['k0', 'x'.repeat(5_000_000)]])
  for (const key of keys) if (Number(key.slice(1)) % 70 === 3) texts.set(key, large)
  const textOf = (key: string) => texts.get(key) ?? key
  await Promise.all(keys.map((key) => storage.viewStore.save(view(key, textOf(key)), 'ifAbsent')))
  const found = await storage.viewStore.getMany('p', 1, [...keys, 'missing', keys[5] as string])
  expect([...found.keys()]).toEqual(keys)
  for (const [key, { document, etag }] of found) {
    expect(document.data?.text === textOf(key), key).toBe(true)
    expect(etag).toBe((await storage.viewStore.get({ projection: 'p', version: 1, key }))?.etag)
  }
})
