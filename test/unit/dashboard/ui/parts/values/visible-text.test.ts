import { expect, it } from 'vitest'
import { visibleLines, visibleText } from '../../../../../../src/dashboard/ui/parts/values/visible-text.ts'

it('a name shows control characters, line breaks, marks of direction and halves of surrogate pairs', () => {
  expect(visibleText('a\nb\u202e\u200b\u0000\ud800')).toBe('a\\u000ab\\u202e\\u200b\\u0000\\ud800')
})

it('a text of several lines keeps its line breaks, and shows the rest', () => {
  expect(visibleLines('{\n  "a": "\u202e\t"\n}')).toBe('{\n  "a": "\\u202e\\u0009"\n}')
})

it('other writing and markup stay as they are', () => {
  expect(visibleText('<script>é漢字🙂</script>')).toBe('<script>é漢字🙂</script>')
})
