// The cases of the tests of KRules' core (Apache-2.0; its cases, not its code): events, filters and properties. There, a
// caller sets properties and gets exceptions; here, rules do both.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'
import type { Rule } from '../../../src/rules/index.ts'
import {
  check,
  defineRule,
  emit,
  on,
  propertyChanged,
  removeProperty,
  setProperty,
  store,
  subjects,
} from '../../../src/rules/index.ts'
import { running, writtenTo } from './support.ts'

const payload = z.record(z.string(), z.json())
const events = defineEvents({ first: payload, second: payload, third: payload, other: payload })
const subject = () => 'device:123'

/** Runs rules over events with these payloads, one after the other. */
async function run(rules: readonly Rule[], ...given: readonly (readonly ['first' | 'other', JsonObject])[]) {
  const world = await running(...rules)
  await using port = world.port
  for (const [type, data] of given) {
    await eventStore(port, events).append('source:1', [{ type, data } as never], { expectedVersion: 'any' })
    await world.pass(10_000)
  }
  expect(world.failures).toEqual([])
  const { properties } = await subjects(port).load('device:123')
  const { entries } = await subjects(port).log('device:123', 'log')
  const written = await writtenTo(port, 'device:123')
  await world.end()
  return {
    properties,
    log: entries.map(({ entry }) => entry),
    fired: written.flatMap(([type, data]) => (type === '$ruleFired' ? [String(data.rule)] : [])),
    changes: written.flatMap(([type, data]) => (type === '$propertyChanged' ? [[data.name, data.old, data.new]] : [])),
  }
}

const first = on(events, 'first')
const logging = (name: string) => defineRule(name, first, { subject, then: [store('log', () => name)] })
const setting = defineRule('set', first, {
  subject,
  then: [setProperty('value', ({ event }) => event.data.value ?? null)],
})

describe('rules, as KRules has them', () => {
  it('run for the type that they are on, and for no other', async () => {
    const { log } = await run([logging('a')], ['first', {}], ['other', {}])
    expect(log).toEqual(['a'])
  })

  it('run for each of several types', async () => {
    const rule = defineRule('a', on(events, 'first', 'other'), {
      subject,
      then: [store('log', ({ event }) => event.type)],
    })
    expect((await run([rule], ['first', {}], ['other', {}])).log).toEqual(['first', 'other'])
  })

  it('all run for an event that several are on', async () => {
    const { log, fired } = await run(['a', 'b', 'c'].map(logging), ['first', {}])
    expect([...log].sort()).toEqual(['a', 'b', 'c'])
    expect(fired.length).toBe(3)
  })

  it('run only if their filter passes', async () => {
    const rule = (name: string, passes: boolean) =>
      defineRule(name, first, {
        subject,
        when: [check('first filter', () => passes), check('second filter', () => true)],
        then: [store('log', () => name)],
      })
    expect((await run([rule('passes', true), rule('fails', false)], ['first', {}])).log).toEqual(['passes'])
  })

  it('run only if all of their filters pass', async () => {
    const has = (name: string) =>
      check<{ readonly data: JsonObject }>(`has ${name}`, ({ event }) => event.data[name] === true)
    const rule = defineRule('a', first, {
      subject,
      when: [has('one'), has('two')],
      then: [store('log', ({ event }) => event.data)],
    })
    const both = { one: true, two: true }
    const { log } = await run([rule], ['first', { one: true, two: false }], ['first', { two: true }], ['first', both])
    expect(log).toEqual([both])
  })

  it('share filters, on the event and on the subject', async () => {
    const isAdmin = check<{ readonly data: JsonObject }>('is admin', ({ event }) => event.data.role === 'admin')
    const isActive = check('is active', ({ subject }) => subject.properties.value === 'active')
    const act = (name: string) =>
      defineRule(name, on(events, 'other'), { subject, when: [isAdmin, isActive], then: [store('log', () => name)] })
    const { log } = await run(
      [setting, act('a'), act('b')],
      ['first', { value: 'active' }],
      ['other', { role: 'user' }],
      ['first', { value: 'inactive' }],
      ['other', { role: 'admin' }],
      ['first', { value: 'active' }],
      ['other', { role: 'admin' }],
    )
    expect([...log].sort()).toEqual(['a', 'b'])
  })

  it('run on events that other rules emit', async () => {
    const next = (name: string, type: 'first' | 'second', to: 'second' | 'third') =>
      defineRule(name, on(events, type), {
        subject,
        then: [store('log', () => name), emit(events, to, () => ({ from: name }))],
      })
    const last = defineRule('c', on(events, 'third'), { then: [store('log', ({ event }) => event.data)] })
    const { log } = await run([next('a', 'first', 'second'), next('b', 'second', 'third'), last], ['first', {}])
    expect(log).toEqual(['a', 'b', { from: 'b' }])
  })
})

describe('properties of subjects, as KRules has them', () => {
  it('report what they were and what they are', async () => {
    const { changes } = await run(
      [setting],
      ['first', { value: 75 }],
      ['first', { value: 85 }],
      ['first', { value: 85 }],
    )
    expect(changes).toEqual([
      ['value', undefined, 75],
      ['value', 75, 85],
    ])
  })

  it('have rules for the changes of one of them', async () => {
    const both = defineRule('both', first, {
      subject,
      then: [setProperty('temperature', ({ event }) => event.data.temperature ?? 0), setProperty('status', () => 'ok')],
    })
    const following = (name: string) =>
      defineRule(`on-${name}`, propertyChanged(name), { then: [store('log', ({ event }) => event.data.new ?? null)] })
    const { log } = await run(
      [both, following('temperature'), following('status')],
      ['first', { temperature: 75 }],
      ['first', { temperature: 85 }],
    )
    expect(log.toSorted()).toEqual([75, 85, 'ok'])
  })

  it('are computed from what they were', async () => {
    const counting = defineRule('count', first, {
      subject,
      then: [
        setProperty('count', ({ subject }) => Number(subject.properties.count ?? 5) * 2),
        setProperty('count', ({ subject }) => Number(subject.properties.count) + 1),
      ],
    })
    expect((await run([counting], ['first', {}], ['first', {}])).properties).toEqual({ count: 23 })
  })

  it('have any value of JSON, and compare it as such', async () => {
    const value = { tags: ['a', 'b'], location: { room: 1 } }
    const again = { location: { room: 1 }, tags: ['a', 'b'] }
    const { properties, changes } = await run([setting], ['first', { value }], ['first', { value: again }])
    expect(properties).toEqual({ value })
    expect(changes.length).toBe(1)
  })

  it('are gone once they are removed, which is a change, too', async () => {
    const removing = defineRule('remove', on(events, 'other'), { subject, then: [removeProperty('value')] })
    const noticing = defineRule('notice', propertyChanged('value'), {
      when: [check('is gone', ({ event }) => event.data.new === undefined)],
      then: [store('log', ({ event }) => event.data.old ?? null)],
    })
    const { properties, log } = await run([setting, removing, noticing], ['first', { value: 75 }], ['other', {}])
    expect(properties).toEqual({})
    expect(log).toEqual([75])
  })

  it('are none before a rule sets one', async () => {
    const { properties } = await run([setting], ['other', {}])
    expect(properties).toEqual({})
  })
})
