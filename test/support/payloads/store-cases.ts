import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { concurrently } from '../../../src/core/async/concurrently.ts'
import { digestOf } from '../../../src/privacy/payloads/integrity.ts'
import { objectKey } from '../../../src/privacy/payloads/object-key.ts'
import type { PayloadStore } from '../../../src/privacy/payloads/payload-store.ts'

/** A store to try, which is empty. */
export type OpenedStore = AsyncDisposable & { readonly store: PayloadStore }

/**
 * What every payload store must do, as tests.
 *
 * @param open opens an empty store, once
 * @param options.skip whether the suite counts as skipped, for want of a server that the run has reported
 */
export function payloadStoreCases(
  name: string,
  open: () => Promise<OpenedStore>,
  { skip = false }: { readonly skip?: boolean } = {},
): void {
  describe.skipIf(skip)(`a payload store in ${name}`, { timeout: 120_000 }, () => {
    let opened: OpenedStore
    let store: PayloadStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    }, 60_000)
    afterAll(() => opened?.[Symbol.asyncDispose]())

    it.each([
      ['one byte', Buffer.of(0)],
      ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
      ['six megabytes', Buffer.alloc(6e6, 'abcdefg')],
    ])('returns what was put: %s', async (_, content) => {
      await store.put('bytes/s/e/f', content)
      const got = await store.get('bytes/s/e/f')
      expect(got && Buffer.from(got).equals(content)).toBe(true)
    })

    it('takes a part of a larger buffer as its content, not the whole buffer', async () => {
      await store.put('part/s/e/f', Buffer.from('---content---').subarray(3, 10))
      expect(text(await store.get('part/s/e/f'))).toBe('content')
    })

    it('has nothing under a key that was never put, nor under the beginning of one', async () => {
      await store.put('there/s/e/f', Buffer.from('x'))
      for (const key of ['there/s/e/g', 'there/s/e/f2', 'there/s', 'nowhere/s/e/f'])
        expect(await store.get(key)).toBeUndefined()
    })

    it('replaces an object, and keeps those whose keys are spelled in other letters', async () => {
      await store.put('Case/s/e/f', Buffer.from('upper'))
      await store.put('case/s/e/f', Buffer.from('lower'))
      await store.put('case/s/e/f', Buffer.from('newer'))
      expect(text(await store.get('Case/s/e/f'))).toBe('upper')
      expect(text(await store.get('case/s/e/f'))).toBe('newer')
    })

    it('takes every key that a payload can have, and lists it as it is', async () => {
      const anything = fc.string({ unit: 'binary', maxLength: 90 })
      const owner = fc.record({ owner: anything, streamId: anything, eventId: anything, field: anything })
      await fc.assert(
        fc.asyncProperty(owner, async (payload) => {
          const content = Buffer.from(payload.field, 'utf16le')
          const key = objectKey({ ...payload, streamId: `odd:${payload.streamId}` }, digestOf(content).sha256)
          await store.put(key, content)
          expect(Buffer.from((await store.get(key)) ?? 'absent').equals(content)).toBe(true)
          expect((await collect(store, key)).map((found) => found.key)).toContain(key)
          await store.remove(key)
          expect(await store.get(key)).toBeUndefined()
        }),
        { numRuns: 25 },
      )
    })

    it('removes one object, and not one whose key begins with its key', async () => {
      await store.put('one/s/e/f', Buffer.from('a'))
      await store.put('one/s/e/f2', Buffer.from('b'))
      await store.remove('one/s/e/f')
      await store.remove('one/s/e/f')
      expect(await store.get('one/s/e/f')).toBeUndefined()
      expect(text(await store.get('one/s/e/f2'))).toBe('b')
    })

    it('removes all objects of one owner, counts them, and leaves those of an owner whose name begins alike', async () => {
      for (const key of ['ann/s/1/f', 'ann/s/2/f', 'ann/t/3/g', 'anna/s/1/f']) await store.put(key, Buffer.from(key))
      expect(await store.removeAll('ann/')).toBe(3)
      expect(await store.removeAll('ann/')).toBe(0)
      expect((await collect(store, 'ann')).map(({ key }) => key)).toEqual(['anna/s/1/f'])
      expect(text(await store.get('anna/s/1/f'))).toBe('anna/s/1/f')
    })

    it('lists the size of an object and when it was written', async () => {
      await store.put('listed/s/e/f', Buffer.from('seven b'))
      const [found] = await collect(store, 'listed/')
      expect(found).toMatchObject({ key: 'listed/s/e/f', bytes: 7 })
      expect(Math.abs((found?.modified.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    })

    it('lists and removes more objects than fit on a page of a service', async () => {
      const keys = Array.from({ length: 1_005 }, (_, i) => `many/s/${i}/f`)
      await concurrently(16, keys, async (key) => {
        await store.put(key, Buffer.from('x'))
        return undefined
      })
      expect((await collect(store, 'many/')).map(({ key }) => key).sort()).toEqual(keys.toSorted())
      expect(await store.removeAll('many/')).toBe(1_005)
      expect(await collect(store, 'many/')).toEqual([])
    })

    it('keeps one of two contents that are put at once, complete', async () => {
      const contents = ['a', 'b'].map((letter) => Buffer.alloc(200_000, letter))
      await Promise.all(contents.map((content) => store.put('race/s/e/f', content)))
      const got = Buffer.from((await store.get('race/s/e/f')) ?? '')
      expect(contents.some((content) => content.equals(got))).toBe(true)
    })

    it('does not put after the caller has aborted', async () => {
      await expect(store.put('aborted/s/e/f', Buffer.from('x'), AbortSignal.abort())).rejects.toThrow()
      expect(await store.get('aborted/s/e/f')).toBeUndefined()
    })
  })
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString()

const collect = (store: PayloadStore, prefix: string) => Array.fromAsync(store.list(prefix))
