import fc from 'fast-check'
import { expect, it } from 'vitest'
import { visibleText } from '../../../src/process/visible-text.ts'

it.each([
  ['plain text, größer, 読む, 👍', 'plain text, größer, 読む, 👍'],
  ['\u0000\u0007\b\t\n\r\u001b\u001f', '\\u0000\\u0007\\u0008\\u0009\\u000a\\u000d\\u001b\\u001f'],
  ['\u007f\u0080\u0085\u009b\u009f', '\\u007f\\u0080\\u0085\\u009b\\u009f'],
  ['\u061c\u200e\u200f\u202a\u202e\u2066\u2069', '\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069'],
  ['\u2028\u2029\u200b\u2060\ufeff\u00ad\u3164', '\\u2028\\u2029\\u200b\\u2060\\ufeff\\u00ad\\u3164'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['\ud800x', '\\ud800x'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

it('keeps the value of JSON, and leaves nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const shown = visibleText(JSON.stringify(value))
      expect(JSON.stringify(JSON.parse(shown))).toBe(JSON.stringify(value))
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(visibleText(shown)).toBe(shown)
    }),
  )
})
