import fc from 'fast-check'
import rhea from 'rhea'
import { expect, test } from 'vitest'
import { type Message, parseMessage } from '../../../../src/service-bus-emulator/messages/message.ts'
import { compileRule } from '../../../../src/service-bus-emulator/rules/compile-rule.ts'
import { FilterError } from '../../../../src/service-bus-emulator/rules/rule.ts'
import { isLike } from '../../../../src/service-bus-emulator/rules/sql/like.ts'

const sent = (members: object): Message => parseMessage(rhea.message.encode(members as never))

const order = sent({
  subject: 'red',
  correlation_id: 'high',
  message_id: 'm-1',
  group_id: 's-1',
  application_properties: { color: 'blue', quantity: 10, price: 2.5, isNew: true, 'HR-Id': "O'Hara", nothing: null },
})

const matches = (sqlFilter: string, message = order) => compileRule('r', { sqlFilter }).matches(message)

test.each([
  '1=1',
  "color='blue' AND quantity=10",
  "user.color = 'blue'",
  "sys.Label = 'red'",
  "sys.Subject LIKE 're_' AND sys.MessageId <> 'm-2'",
  "COLOR IN ('red', 'blue')",
  "color NOT IN ('red')",
  "color LIKE 'b%' AND color NOT LIKE '%x%'",
  "[HR-Id] = 'O''Hara'",
  "\"HR-Id\" = 'O''Hara'",
  'quantity / 4 = 2 AND quantity % 4 = 2',
  'price * 2 = 5',
  '-quantity < 0 AND +quantity > 9',
  '(quantity + 2) * 2 = 24',
  'quantity >= 10 AND quantity <= 10 AND quantity != 11 AND price < 3',
  'quantity = 10.0',
  'isNew = TRUE',
  'EXISTS(color) AND NOT EXISTS(size)',
  'size IS NULL AND nothing IS NULL AND color IS NOT NULL',
  "p('color') = 'blue' AND property('col' + 'or') = 'blue'",
  'newid() <> newid()',
  "size = 'big' OR color = 'blue'",
  "NOT (color = 'red')",
  'quantity > 1E0',
])('the message matches %s', (filter) => {
  expect(matches(filter)).toBe(true)
})

test.each([
  '1=0',
  "color='Blue'",
  // What the message does not have is unknown, and so is its opposite.
  "size = 'big'",
  "NOT (size = 'big')",
  "size <> 'big'",
  "size NOT IN ('big')",
  "size LIKE '%'",
  'size + 1 > 0',
  "size = 'big' AND color = 'blue'",
  "color = 'red' OR color = 'green'",
  'nothing = 1',
  'quantity',
])('the message does not match %s', (filter) => {
  expect(matches(filter)).toBe(false)
})

test.each([
  ['color > 5', 'a text is compared with a number'],
  ['quantity / 0 = 1', 'divided by zero'],
  ["quantity LIKE 'x'", 'LIKE'],
  ['color - 1 = 2', 'no number'],
  ["color LIKE 'b' ESCAPE 'xy'", 'escape character'],
])('%s cannot be evaluated on the message', (filter, why) => {
  expect(() => matches(filter)).toThrow(FilterError)
  expect(() => matches(filter)).toThrow(why)
})

test.each([
  ['', 'ends too early'],
  ['color =', 'ends too early'],
  ['color = 1 1', 'where it should end'],
  ['color NOT 5', 'needs IN or LIKE behind NOT'],
  ["sys.Nothing = 'x'", 'does not exist'],
  ["other.color = 'x'", 'has the scope "other"'],
  ["color = 'x", 'cannot be read from character 9 on'],
  ['color IN 1', 'needs ( before "1"'],
  ['a = 1 OR '.repeat(200), 'more than 1024 characters'],
  ['EXISTS(5)', 'needs the name of a property before "5"'],
])('%s is refused: it %s', (sqlFilter, why) => {
  expect(() => compileRule('r', { sqlFilter })).toThrow(`has a sqlFilter that`)
  expect(() => compileRule('r', { sqlFilter })).toThrow(why)
})

test('an action sets and removes properties of a copy, with the arithmetic of whole numbers, and names its rule', () => {
  const { change } = compileRule('half', {
    sqlAction:
      "SET quantity = quantity / 4; SET sys.Label = 'green', REMOVE color SET size = missing; SET [new one] = 1.5",
  })
  const changed = change?.(order)
  expect(changed?.applicationProperties.get('quantity')?.value).toBe(2)
  expect(changed?.applicationProperties.get('new one')?.value).toBe(1.5)
  expect(changed?.applicationProperties.get('RuleName')?.value).toBe('half')
  expect(changed?.applicationProperties.has('color')).toBe(false)
  expect(changed?.applicationProperties.has('size')).toBe(false)
  expect(changed?.properties[3]?.value).toBe('green')
  expect(order.applicationProperties.get('quantity')?.value).toBe(10)
  expect(() => compileRule('r', { sqlAction: 'DELETE color' })).toThrow('where SET or REMOVE should be')
})

test('a correlation filter matches when all its properties are equal, with their case', () => {
  const correlates = (correlationFilter: object) => compileRule('r', { correlationFilter }).matches(order)
  expect(correlates({ subject: 'red', correlationId: 'high' })).toBe(true)
  expect(correlates({ subject: 'Red' })).toBe(false)
  expect(correlates({ subject: 'red', correlationId: 'low' })).toBe(false)
  expect(correlates({ applicationProperties: { color: 'blue', quantity: 10 } })).toBe(true)
  expect(correlates({ applicationProperties: { size: 'big' } })).toBe(false)
  expect(() => correlates({})).toThrow('has no property to compare')
  expect(() => correlates({ colour: 'x' })).toThrow('"colour", which does not exist')
})

test('LIKE finds what the same pattern as a regular expression finds', () => {
  const character = fc.constantFrom('a', 'b', '%', '_', '!')
  fc.assert(
    fc.property(
      fc.string({ unit: character, maxLength: 8 }),
      fc.string({ unit: character, maxLength: 8 }),
      (text, like) => {
        const source = like.replaceAll('%', '.*').replaceAll('_', '.')
        expect(isLike(text, like)).toBe(new RegExp(`^${source}$`, 's').test(text))
        // Escaped, a pattern is found in itself only.
        expect(isLike(text, like.replaceAll(/[%_!]/g, '!$&'), '!')).toBe(text === like)
      },
    ),
  )
})

test('a pattern with many wildcards takes no longer than the text is long', () => {
  expect(isLike('a'.repeat(20_000), `${'%a'.repeat(200)}%b`)).toBe(false)
})
