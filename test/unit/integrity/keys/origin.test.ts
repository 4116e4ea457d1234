import { expect, test } from 'vitest'
import { assertOrigin } from '../../../../src/integrity/keys/origin.ts'

test.each(['a', 'acme/meters', 'acme/meters/3f2b', 'é'.repeat(200), 'example.com/log42'])(
  'a chain can be named %j',
  (origin) => {
    expect(() => assertOrigin(origin)).not.toThrow()
  },
)

test.each([
  ['', 'it is empty'],
  ['a'.repeat(201), 'it is longer than 200 characters'],
  ['a b', 'it contains white space'],
  ['a\n', 'it contains white space'],
  ['a\u0085', 'it contains white space'],
  ['a\u2003b', 'it contains white space'],
  ['a+b', 'it contains a plus sign'],
  ['a\0', 'it contains a control character'],
  ['a\u202eb', 'it contains a control character'],
  ['\ud800', 'it contains a lone surrogate'],
  [7, 'it must be a string'],
])('a chain cannot be named %j', (origin, reason) => {
  expect(() => assertOrigin(origin)).toThrow(
    expect.objectContaining({ code: 'InvalidOrigin', message: `The origin of a chain is invalid: ${reason}` }),
  )
})
