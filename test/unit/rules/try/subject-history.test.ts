import { expect, it } from 'vitest'
import { defineRule, on, setProperty, subjects } from '../../../../src/rules/index.ts'
import { subjectHistory } from '../../../../src/rules/try/subject-history.ts'
import { add, added, cart, running } from '../support.ts'

it('the history of a subject is the subject at each version, forwards over pages and backwards', async () => {
  const rule = defineRule('counts', on(cart, 'productAdded'), {
    subject: () => 'user:1',
    then: [setProperty('count', ({ subject }) => Number(subject.properties.count ?? 0) + 1)],
  })
  const world = await running(rule)
  await using _ = world.port
  for (let i = 0; i < 10; i++) await add(world.port, 'cart:1', ...Array.from({ length: 25 }, () => added('1', 'tea')))
  await world.pass(60_000)
  await world.end()
  const { version: head } = await subjects(world.port).load('user:1')
  expect(head).toBe(500)
  const history = subjectHistory(world.port, 'subject:user:1')
  for (const version of [0, 3, 4, 4, 250, 30, 499, 500, 2]) {
    const { properties } = await subjects(world.port).loadAsOf('user:1', { version })
    const at = await history.at({ version })
    expect(at.version).toBe(version)
    expect(at.state.properties).toEqual(properties)
  }
  expect(history.writtenAt('count')).toBe(499)
  expect((await history.at({ time: new Date(world.clock.now()) })).version).toBe(500)
})
