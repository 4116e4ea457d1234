import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { likePattern } from '../../../../src/cosmos-emulator/query/evaluate/like.ts'

test.each<[string, string, boolean]>([
  ['', '', true],
  ['', 'a', false],
  ['%', '', true],
  ['%%', 'ab', true],
  ['a%', 'b', false],
  ['%b', 'aab', true],
  ['%ab%', 'aab', true],
  ['_', '🌊', true],
  ['__', '🌊', false],
  ['[a-c]x', 'bx', true],
  ['[a-c]x', 'dx', false],
  ['[^a-c]x', 'dx', true],
  ['[a-]', '-', true],
  ['[z-a]', 'b', false],
  ['[]', '', false],
  ['[', '[', true],
  ['a.c', 'abc', false],
  ['(a+)+', '(a+)+', true],
  ['100!%', '100%', true],
  ['100!%', '1000', false],
  ['a\nb%', 'a\nbc', true],
])('%j takes %j: %s', (pattern, text, expected) => {
  assert.equal(likePattern(pattern, '!')(text), expected)
})

test('it takes what a regular expression would', () => {
  const piece = fc.constantFrom('a', 'b', '%', '_', '[ab]', '[^a]')
  const asExpression = (pattern: string) => new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c') }),
      (pieces, text) => {
        const pattern = pieces.join('')
        assert.equal(likePattern(pattern, undefined)(text), asExpression(pattern).test(text))
      },
    ),
    { numRuns: 1_000 },
  )
})

test('many places where to go on do not multiply', () => {
  const matches = likePattern(`${'%a'.repeat(100)}b`, undefined)
  expect([matches('a'.repeat(2_000)), matches(`${'a'.repeat(2_000)}b`)]).toEqual([false, true])
})
