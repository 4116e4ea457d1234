import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import type { Rule } from '../../../src/rules/index.ts'
import { check, defineRule, emit, on, propertyChanged, setProperty, store, subjects } from '../../../src/rules/index.ts'
import { add, added, badges, cart, running, user, writtenTo } from './support.ts'

const productAdded = on(cart, 'productAdded')
const SECRET = 'a secret product'
const counts = defineEvents({ counted: z.object({ of: z.record(z.string(), z.number()) }) })

/** What a rule does about one event: what is reported, parked and written. */
async function outcomeOf(rule: Rule) {
  const world = await running(rule)
  await using _ = world.port
  await add(world.port, 'cart:1', added('456', SECRET))
  await world.pass(60_000)
  const { items: parked } = await parkedSequences(world.port, rule.reactions(world.port)[0] as never).list()
  await world.end()
  return {
    messages: [...new Set(world.failures.map(({ message }) => message))],
    codes: [...new Set(world.failures.map(({ code }) => code))],
    everything: JSON.stringify([world.failures, parked]),
    parked: parked.map(({ key }) => key),
    written: await writtenTo(world.port, 'user:456'),
  }
}

const boom = (): never => {
  throw new Error(`about ${SECRET}`)
}

describe('a function of a rule that fails', () => {
  const cases: readonly (readonly [string, string, Parameters<typeof defineRule>[2]])[] = [
    ['a check that throws', 'check works threw an error', { when: [check('works', boom)] }],
    [
      'a check that returns no boolean',
      'check works returned neither true nor false',
      { when: [check('works', () => 'yes' as never)] },
    ],
    [
      'a check that returns a promise',
      'check works returned a promise, but must be synchronous',
      { when: [check('works', (async () => true) as never)] },
    ],
    ['an action that throws', 'setProperty a threw an error', { then: [setProperty('a', boom)] }],
    [
      'an action that returns nothing',
      'setProperty a returned what is not JSON',
      { then: [setProperty('a', () => undefined as never)] },
    ],
    [
      'an entry that is not JSON',
      'store log returned what is not JSON',
      { then: [store('log', () => ({ [SECRET]: new Date() }) as never)] },
    ],
    [
      'an emitted event that its schema refuses',
      'emit badgeEarned returned data that its schema refuses (badge)',
      { then: [emit(badges, 'badgeEarned', () => ({ badge: 1 as never }))] },
    ],
    [
      'an emitted event with a key of the event that its schema refuses',
      'emit counted returned data that its schema refuses (of)',
      { then: [emit(counts, 'counted', () => ({ of: { [SECRET]: 'one' as never } }))] },
    ],
    [
      'a time that is none',
      'latestBy of a returned no time: a Date, ISO 8601 with a zone, or milliseconds since 1970',
      { then: [setProperty('a', () => 1, { latestBy: () => '2026-01-01T00:00:00' })] },
    ],
    [
      'a day that no month has',
      'latestBy of a returned no time: a Date, ISO 8601 with a zone, or milliseconds since 1970',
      { then: [setProperty('a', () => 1, { latestBy: () => '2026-02-30' })] },
    ],
    ['a subject that throws', 'subject threw an error', { subject: boom }],
    [
      'a subject that is none',
      'subject returned neither null nor the id of a subject, such as user:456',
      { subject: () => SECRET.repeat(30) },
    ],
  ]

  it.each(cases)('parks the stream of the event: %s', async (_, what, definition) => {
    const then = [setProperty('b', () => 1)]
    const rule = defineRule('on-product-added', productAdded, {
      subject: user,
      attempts: 2,
      ...definition,
      then: [...then, ...(definition.then ?? [])] as never,
    } as never)
    const { messages, codes, everything, parked, written } = await outcomeOf(rule)
    expect(messages).toEqual([`Rule on-product-added: ${what}, at cart:1@1`])
    expect(codes).toEqual(['RuleFailed'])
    expect(parked).toEqual(['cart:1'])
    expect(written).toEqual([])
    expect(everything).not.toContain(SECRET)
  })
})

describe('a parked event of a rule', () => {
  it('fires when it is replayed by code that can', async () => {
    const rule = (when: () => boolean) =>
      defineRule('on-product-added', productAdded, {
        subject: user,
        attempts: 1,
        when: [check('works', when)],
        then: [setProperty('last', ({ event }) => event.data.product_id)],
      })
    const world = await running(rule(boom))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'), added('456', 'rice'))
    await world.pass(10_000)
    expect(await writtenTo(port, 'user:456')).toEqual([])
    const [fixed] = rule(() => true).reactions(port)
    await world.whileTimePasses(parkedSequences(port, fixed as never).replay('cart:1'))
    await world.pass(10_000)
    expect((await subjects(port).load('user:456')).properties).toEqual({ last: 'rice' })
    await world.end()
  })
})

describe('rules that fire one another', () => {
  it('are stopped at a depth of 16, and park there', async () => {
    const first = defineRule('first', productAdded, { subject: user, then: [setProperty('ping', () => 0)] })
    const bounce = (name: string, from: string, to: string) =>
      defineRule(name, propertyChanged(from), {
        attempts: 1,
        then: [setProperty(to, ({ event }) => Number(event.data.new) + 1)],
      })
    const world = await running(first, bounce('ping', 'ping', 'pong'), bounce('pong', 'pong', 'ping'))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(120_000)
    const { properties } = await subjects(port).load('user:456')
    // The last rule, at depth 15, has set the property to 15.
    expect(properties).toEqual({ ping: 14, pong: 15 })
    expect(world.failures.map(({ code, message }) => [code, message.split(',')[0]])).toEqual([
      ['RuleLoop', 'Rule pong would fire at depth 16 of a chain of rules'],
    ])
    await world.end()
  })
})
