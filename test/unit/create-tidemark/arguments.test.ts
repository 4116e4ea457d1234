import { expect, it } from 'vitest'
import { readArguments } from '../../../create-tidemark/src/arguments.ts'
import { UsageError } from '../../../create-tidemark/src/usage-error.ts'

it('reads the folder and every option', () => {
  const args = 'shop --uri shop.cart --group transit --bus service-bus --storage cosmos --overwrite'.split(' ')
  expect(readArguments([...args, '--no-interactive', '--no-install'])).toEqual({
    target: 'shop',
    chosen: { uri: 'shop.cart', group: 'transit', bus: 'service-bus', storage: 'cosmos' },
    overwrite: true,
    interactive: false,
    install: false,
    show: undefined,
  })
})

it('leaves open what is not said', () => {
  expect(readArguments([])).toMatchObject({ target: undefined, chosen: {}, interactive: true, install: true })
})

it('shows help rather than the version', () => {
  expect(readArguments(['-h', '--version']).show).toBe('help')
  expect(readArguments(['-v']).show).toBe('version')
})

it.each([
  ['a bus that there is not', ['--bus', 'kafka'], '--bus "kafka": it must be one of service-bus, nats, none'],
  ['a storage that there is not', ['--storage', ''], '--storage "": it must be one of embedded, cosmos, mongo'],
  ['a uri with a capital', ['--uri', 'Shop.cart'], '--uri "Shop.cart": it must be lower-case words'],
  ['a uri that is a path', ['--uri', '../cart'], '--uri "../cart"'],
  ['a uri that is too long', ['--uri', 'a'.repeat(61)], '1 to 60 characters'],
  ['a group with a blank', ['--group', 'a b'], '--group "a b": it must be lower-case words'],
  ['an option that there is not', ['--frobnicate'], '--frobnicate'],
  ['an option without its value', ['--uri'], '--uri'],
  ['two folders', ['a', 'b'], 'one folder, not 2: a, b'],
])('refuses %s', (_, args, message) => {
  expect(() => readArguments(args)).toThrow(UsageError)
  expect(() => readArguments(args)).toThrow(message)
})
