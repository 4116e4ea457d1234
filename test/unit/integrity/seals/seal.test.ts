import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../src/core/json/json.ts'
import { type ViewDocument, viewId } from '../../../../src/core/port/view-store.ts'
import { sealFault, sealOf } from '../../../../src/integrity/seals/seal.ts'
import { sealKey } from '../../../../src/integrity/seals/seal-key.ts'
import { sealableView } from '../../../../src/integrity/seals/sealable.ts'
import { KEY } from './support.ts'

const key = sealKey(KEY)
const other = sealKey(Buffer.alloc(32, 8))

const json = () => fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)

const views = fc
  .record({
    key: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' }),
    data: fc.dictionary(fc.string({ maxLength: 4 }), json(), { maxKeys: 4 }),
    lsn: fc.nat(),
    parked: fc.option(fc.constant({ waiting: 1 }), { nil: undefined }),
    definition: fc.string({ maxLength: 8 }),
  })
  .map(({ key: viewKey, data, lsn, parked, definition }): ViewDocument => {
    const ref = { projection: 'p', version: 1, key: viewKey }
    const tidemarks = [{ min: '', max: 'FF', lsn, hash: 'A0', version: 1 }]
    const fields = { data: { ...data } as JsonObject, incarnation: 'i', tidemarks, definition }
    return { id: viewId(ref), ...ref, ...fields, ...(parked && { parked }) }
  })

const sealed = (view: ViewDocument, keys = [key], size: number | null = 3): ViewDocument => ({
  ...view,
  seal: sealOf(keys, sealableView(view), size),
})
const faultOf = (view: ViewDocument, keys = [key]) => sealFault(keys, sealableView(view))

test('a seal fits a view whatever the order of its members, and no other key makes it', () => {
  fc.assert(
    fc.property(views, (view) => {
      const found = sealed(view)
      const turned = Object.fromEntries(Object.entries(found).reverse()) as ViewDocument
      expect(faultOf(JSON.parse(JSON.stringify(turned)))).toBeUndefined()
      expect(faultOf(found, [other])).toBe('wrong')
      expect(faultOf(found, [other, key])).toBeUndefined()
      expect(faultOf(view)).toBe('missing')
    }),
  )
})

const changes: readonly ((view: ViewDocument) => ViewDocument)[] = [
  (view) => ({ ...view, data: { ...view.data, added: 1 } }),
  (view) => ({ ...view, data: null }),
  (view) => ({ ...view, tidemarks: view.tidemarks.map((mark) => ({ ...mark, lsn: mark.lsn + 1 })) }),
  (view) => ({ ...view, tidemarks: [] }),
  (view) => ({ ...view, incarnation: 'j' }),
  (view) => ({ ...view, definition: `${view.definition}!` }),
  (view) => ({ ...view, key: `${view.key}!` }),
  (view) => ({ ...view, version: 2 }),
  (view) => ({ ...view, projection: 'q' }),
  (view) => ({ ...view, parked: { waiting: 2 } }),
  (view) => ({ ...view, foreign: true }),
  (view) => ({ ...view, seal: { ...(view.seal as JsonObject), size: 4 } }),
  (view) => ({ ...view, seal: { ...(view.seal as JsonObject), salt: '' } }),
  (view) => ({ ...view, seal: { ...(view.seal as JsonObject), mac: '' } }),
  (view) => ({ ...view, seal: null }),
  (view) => ({ ...view, data: { ...view.data, when: Number.NaN } }),
]

test('a change of any part of a view shows in its seal', () => {
  fc.assert(
    fc.property(views, fc.constantFrom(...changes), (view, change) => {
      expect(faultOf(change(sealed(view)))).toBe('wrong')
    }),
  )
})

test('a view that is saved again with the same content keeps its salt, also under a new key', () => {
  fc.assert(
    fc.property(views, (view) => {
      const first = sealed(view)
      const salt = ({ seal }: ViewDocument) => (seal as JsonObject).salt
      expect(salt(sealed({ ...first, parked: { waiting: 9 } }, [key], 8))).toBe(salt(first))
      expect(salt(sealed(first, [other, key]))).toBe(salt(first))
      expect(salt(sealed({ ...first, data: { ...first.data, added: 1 } }))).not.toBe(salt(first))
    }),
  )
})

test('a key for seals has at least 32 bytes, and its error does not repeat it', () => {
  const text = KEY.toString('base64')
  expect(sealKey(text).equals(key)).toBe(true)
  expect(sealKey(`${KEY.toString('base64url')}\n`).equals(key)).toBe(true)
  for (const bad of [KEY.subarray(1), 'c2hvcnQ=', '', 'not base64!']) {
    const error = expect.objectContaining({ code: 'InvalidChainKey', message: expect.not.stringContaining('c2hv') })
    expect(() => sealKey(bad)).toThrow(error)
  }
})
