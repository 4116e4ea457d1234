import { describe, expect, it } from 'vitest'
import { lackOf } from '../../../../../../src/dashboard/ui/parts/values/payload.ts'

const payload = { text: '{}', bytes: 2, cut: false, masked: false }

describe('a payload on the screen', () => {
  it('says nothing more when it is whole', () => expect(lackOf(payload)).toBeUndefined())

  it('says of how many bytes it is the beginning when it is cut', () => {
    expect(lackOf({ ...payload, bytes: 31_457_280, cut: true })).toBe('Cut: this is the beginning of 31,457,280 bytes.')
  })

  it('says that values are hidden when only names are shown', () => {
    expect(lackOf({ ...payload, masked: true })).toContain('types instead of values')
  })

  it('says that payloads are not shown at all, instead of an empty text', () => {
    expect(lackOf({ ...payload, text: '', masked: true })).toBe('This dashboard does not show payloads.')
  })
})
