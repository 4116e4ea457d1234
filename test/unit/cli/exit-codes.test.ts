import { expect, it } from 'vitest'
import { lineOf } from '../../../src/cli/support/exit-codes.ts'

it.each([
  ['one\n  two\r\n\n three ', 'Failed: one; two; three'],
  ['\n', 'Failed:'],
  ['a\t b', 'Failed: a\\u0009 b'],
  ['\u001b]52;c;aGk=\u0007\u009b2K\u202e\u200b', 'Failed: \\u001b]52;c;aGk=\\u0007\\u009b2K\\u202e\\u200b'],
])('an error is told in one line: %j', (message, line) => {
  expect(lineOf(new Error(message))).toBe(line)
})

it('an error with any amount of white space is told in no time', () => {
  const blanks = ' '.repeat(1_000_000)
  expect(lineOf(new Error(`a${blanks}b`))).toHaveLength('Failed: '.length + 1_000_002)
})
