import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromText, toText } from '../../../../../src/adapters/embedded/sqlite/text.ts'

const texts = array(constantFrom('\0', '\ufdd0', '0', '1', 'a', '\u{1f600}')).map((parts) => parts.join(''))

describe('text in a column', () => {
  it('has no NUL, and comes back as it was', () => {
    assert(
      property(texts, (text) => {
        expect(toText(text)).not.toContain('\0')
        expect(fromText(toText(text))).toBe(text)
      }),
    )
  })

  it('is left as it is where it can be', () => {
    expect(toText('MeterRegistered')).toBe('MeterRegistered')
  })
})
