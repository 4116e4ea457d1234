import { expect, it } from 'vitest'
import { defineRule, on, store, subjects } from '../../../src/rules/index.ts'
import { add, added, cart, running, user } from './support.ts'

it('a page of a log ends early if its entries are large', async () => {
  const rule = defineRule('log-all', on(cart, 'productAdded'), {
    subject: user,
    then: [store('log', ({ event }) => event.data.product_id.repeat(600_000))],
  })
  const world = await running(rule)
  await using port = world.port
  await add(port, 'cart:1', added('456', 'a'), added('456', 'b'), added('456', 'c'))
  await world.pass(10_000)
  const { entries, next } = await subjects(port).log('user:456', 'log')
  expect(entries.map(({ entry }) => String(entry)[0])).toEqual(['a', 'b'])
  const rest = await subjects(port).log('user:456', 'log', { after: next as number })
  expect(rest.entries.map(({ entry }) => String(entry)[0])).toEqual(['c'])
  expect(rest.next).toBeNull()
  await world.end()
})
