import { describe, expect, it } from 'vitest'
import type { Json } from '../../../../src/core/json/json.ts'
import { isSameJson } from '../../../../src/core/json/same-json.ts'

describe('isSameJson', () => {
  it('compares values whatever the order of their members', () => {
    expect(isSameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true)
    expect(isSameJson({ a: 1 }, { a: '1' })).toBe(false)
  })

  it('takes what a database holds that is not JSON for another value', () => {
    expect(isSameJson({ a: new Date(0) }, { a: {} })).toBe(false)
    expect(isSameJson({ a: '\ud800' }, { a: '\ufffd' })).toBe(false)
    expect(isSameJson(undefined, null)).toBe(false)
  })

  it('refuses an own value that is not JSON', () => {
    expect(() => isSameJson({ a: null }, { a: Number.NaN })).toThrow(expect.objectContaining({ code: 'NotJson' }))
    const stored = { a: [new Date(0)] } as unknown as Json
    expect(() => isSameJson(stored, stored)).toThrow(expect.objectContaining({ code: 'NotJson' }))
  })
})
