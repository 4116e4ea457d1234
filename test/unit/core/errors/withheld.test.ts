import { expect, test } from 'vitest'
import { withheld } from '../../../../src/core/errors/withheld.ts'

const everything = (error: Error) => [
  error.name,
  error.message,
  error.stack,
  String(error.cause),
  JSON.stringify(error),
]

test('an error whose message is withheld keeps its name and where it was thrown, and nothing else', () => {
  const error = Object.assign(new RangeError('Needle is too long', { cause: new Error('Needle') }), { value: 'Needle' })
  const kept = withheld(error)
  expect(kept.name).toBe('RangeError')
  expect(kept.message).toMatch(/^RangeError \(its message is withheld, .*\) at .*withheld\.test\.ts/)
  expect(kept.stack).toMatch(/\n {4}at .*withheld\.test\.ts/)
  expect(everything(kept).join()).not.toContain('Needle')
})

test('a line of a message that looks like a frame is not taken for one', () => {
  const kept = withheld(new Error('no:\n    at Needle (street 1)\n    at home'))
  expect(everything(kept).join()).not.toContain('Needle')
  expect(kept.stack).toContain('withheld.test.ts')
})

test('a stack that does not contain the message has no frames left', () => {
  const error = new Error('first')
  error.message = 'second'
  error.stack = 'Error: Needle\n    at Needle (x)'
  expect(everything(withheld(error)).join()).not.toContain('Needle')
})

test('a message that was cleared, of which the stack still has lines, leaves none of them', () => {
  const error = new Error('no:\n    at Needle')
  // It is composed when it is read for the first time.
  expect(error.stack).toContain('Needle')
  error.message = ''
  expect(everything(withheld(error)).join()).not.toContain('Needle')
  expect(withheld(error).stack).toContain('withheld.test.ts')
})

test('what was thrown may be anything, and a name that is a text is not kept', () => {
  for (const thrown of [
    'Needle',
    { message: 'Needle' },
    null,
    Object.assign(new Error(''), { name: 'Needle at home' }),
  ]) {
    expect(everything(withheld(thrown)).join()).not.toContain('Needle')
    expect(withheld(thrown).name).toBe('Error')
  }
})
