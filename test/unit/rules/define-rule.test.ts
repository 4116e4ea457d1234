import { describe, expect, it } from 'vitest'
import {
  call,
  check,
  defineRule,
  emit,
  on,
  propertyChanged,
  removeProperty,
  setProperty,
  store,
  subjectEvents,
} from '../../../src/rules/index.ts'
import { badges, cart, user } from './support.ts'

const productAdded = on(cart, 'productAdded')
const then = [setProperty('a', () => 1)]

describe('the definition of a rule', () => {
  const refused: readonly (readonly [string, string, () => unknown])[] = [
    ['a bad name', 'cannot name a rule', () => defineRule('On Added', productAdded, { subject: user, then })],
    ['the name of an effect', 'cannot name a rule', () => defineRule('a.mail', productAdded, { subject: user, then })],
    ['no trigger', 'it needs what it is on', () => defineRule('a', undefined as never, { then })],
    ['no definition', 'it needs a definition', () => defineRule('a', productAdded, null as never)],
    ['version 0', 'version must be', () => defineRule('a', productAdded, { subject: user, version: 0, then })],
    ['no work', 'it does nothing', () => defineRule('a', productAdded, { subject: user })],
    ['no such record', 'record must be', () => defineRule('a', productAdded, { then, record: 'none' as never })],
    ['no such start', 'from must be', () => defineRule('a', productAdded, { then, from: 'end' as never })],
    ['no description', 'description', () => defineRule('a', productAdded, { then, description: 1 as never })],
    ['a subject that is no function', 'subject', () => defineRule('a', productAdded, { then, subject: 'u' as never })],
    [
      'two checks of one name',
      'two of its checks are called x',
      () => defineRule('a', productAdded, { then, when: [check('x', () => true), check('x', () => true)] }),
    ],
    [
      'two effects of one name',
      'two of its effects are called x',
      () => defineRule('a', productAdded, { then, effects: [call('x', () => {}), call('x', () => {})] }),
    ],
    ['an action that is none', 'then must be', () => defineRule('a', productAdded, { then: [() => 1] as never })],
    [
      'a check that is none',
      'when must be',
      () => defineRule('a', productAdded, { then, when: [() => true] as never }),
    ],
    [
      'a check without a list',
      'when must be',
      () => defineRule('a', productAdded, { then, when: check('x', () => true) as never }),
    ],
    ['an effect that is none', 'effects must be', () => defineRule('a', productAdded, { effects: [() => 1] as never })],
    [
      'a change on the change of any property',
      'fire itself',
      () => defineRule('a', on(subjectEvents as never, '$propertyChanged' as never), { then }),
    ],
    ['no type', 'no type of event', () => (on as (events: unknown) => unknown)(cart)],
    ['an unknown type to emit', 'emits other', () => emit(badges, 'other' as never, () => ({}) as never)],
    ['an empty check', 'cannot name a check', () => check('', () => true)],
    ['a check without a function', 'needs a function', () => check('x', undefined as never)],
    ['a property called __proto__', '__proto__ cannot name a property', () => setProperty('__proto__', () => 1)],
    ['a property that every object has', 'every JavaScript object', () => setProperty('constructor', () => 1)],
    ['a property to remove that every object has', 'toString cannot name', () => removeProperty('toString')],
    ['a store with a control character', 'cannot name a store', () => store('a\n', () => 1)],
    ['a property to be on', 'cannot name a property', () => propertyChanged('')],
    ['an effect in capitals', 'cannot name an effect', () => call('Mail', () => {})],
  ]

  it.each(refused)('is refused with %s', (_, message, define) => {
    expect(define).toThrow(
      expect.objectContaining({ code: 'InvalidDefinition', message: expect.stringContaining(message) }),
    )
  })

  it('becomes a reaction with its name, and one for each effect', () => {
    const rule = defineRule('a', productAdded, { then, effects: [call('mail', () => {}), call('sms', () => {})] })
    expect(rule.reactions({} as never).map(({ name }) => name)).toEqual(['a', 'a.mail', 'a.sms'])
  })

  it('has another fingerprint with other functions only', () => {
    const rule = (value: () => number, description = '') =>
      defineRule('a', productAdded, { description, subject: user, then: [setProperty('a', value)] }).fingerprint
    expect(rule(() => 1)).toBe(rule(() => 1, 'described'))
    expect(rule(() => 1)).not.toBe(rule(() => 2))
  })
})
