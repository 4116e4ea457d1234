import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rule, RuleEvent, Subject } from '../../../src/rules/index.ts'
import { check, defineRule, evaluate, on, removeProperty, setProperty } from '../../../src/rules/index.ts'
import { withConfirmed, withProperty } from '../../../src/rules/subjects/fold-subject.ts'
import type { SubjectState } from '../../../src/rules/subjects/subject.ts'
import { cart, user } from './support.ts'

const productAdded = on(cart, 'productAdded')
const event = (product_id: string): RuleEvent => ({
  type: 'productAdded',
  data: { user_id: '456', product_id },
  streamId: 'cart:1',
  version: 1,
  metadata: { eventId: 'e1', recordedAt: '2026-01-01T00:00:00.000Z' },
})
const subjectWith = (properties: Subject['properties'], times = {}): Subject => ({
  id: 'user:456',
  version: 7,
  properties,
  times,
})

function firing(rule: Rule, subject: Subject, given = event('tea')) {
  const decision = evaluate(rule, given, subject)
  if (decision.outcome !== 'fired') throw new Error('blocked')
  return decision
}

describe('evaluating a rule', () => {
  it('asks the checks in order, and stops at the first that says no', () => {
    const asked: string[] = []
    const asking = (name: string, passed: boolean) =>
      check(name, () => {
        asked.push(name)
        return passed
      })
    const rule = defineRule('a', productAdded, {
      subject: user,
      when: [asking('first', true), asking('second', false), asking('third', true)],
      then: [setProperty('a', () => 1)],
    })
    expect(evaluate(rule, event('tea'), subjectWith({}))).toEqual({
      outcome: 'blocked',
      checks: [
        { name: 'first', passed: true },
        { name: 'second', passed: false },
      ],
    })
    expect(asked).toEqual(['first', 'second'])
  })

  it('reports a property as changed only if its value is another one as JSON', () => {
    const rule = defineRule('a', productAdded, {
      subject: user,
      then: [
        setProperty('same', () => ({ b: 1, a: [1, { x: null }] })),
        setProperty('other', () => [2, 1]),
        setProperty('twice', () => 1),
        setProperty('twice', ({ subject }) => Number(subject.properties.twice) + 1),
        setProperty('back', () => 'x'),
        setProperty('back', () => 'old'),
        removeProperty('gone'),
        removeProperty('absent'),
        setProperty('nothing', () => null),
      ],
    })
    const before = { same: { a: [1, { x: null }], b: 1 }, other: [1, 2], back: 'old', gone: false }
    const { changes, state } = firing(rule, subjectWith(before))
    expect(changes).toEqual([
      { name: 'other', old: [1, 2], new: [2, 1] },
      { name: 'gone', old: false },
      { name: 'twice', new: 2 },
      { name: 'nothing', new: null },
    ])
    expect(state.properties).toEqual({ ...before, other: [2, 1], twice: 2, nothing: null, gone: undefined })
    expect(Object.keys(state.properties)).not.toContain('gone')
  })

  it('gives functions what they cannot change', () => {
    const rule = defineRule('a', productAdded, {
      subject: user,
      then: [
        setProperty('list', ({ subject }) => {
          expect(() => (subject.properties.list as unknown[]).push(3)).toThrow()
          return [1]
        }),
        setProperty('other', ({ subject }) => {
          expect(() => (subject.properties.list as unknown[]).push(3)).toThrow()
          return 1
        }),
      ],
    })
    firing(rule, subjectWith({ list: [1, 2] }))
  })

  it('leaves the same subject for any order of the same timed values', () => {
    const value = fc.option(fc.constantFrom<string | number>('a', 'b', 1, 2), { nil: undefined })
    const timed = fc.record({ at: fc.integer({ min: 0, max: 3 }), value })
    const orders = fc
      .array(timed, { minLength: 1, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    const take = (state: SubjectState, one: { readonly at: number; readonly value: string | number | undefined }) => {
      const time = { latestBy: () => one.at }
      const rule = defineRule('a', productAdded, {
        subject: user,
        then: [one.value === undefined ? removeProperty('p', time) : setProperty('p', () => one.value as string, time)],
      })
      const { changes, confirmed } = firing(rule, subjectWith(state.properties, state.times))
      // What is recorded, folded.
      return withConfirmed(changes.reduce(withProperty, state), confirmed ? { confirmed } : {})
    }
    const none: SubjectState = { properties: {}, times: {} }
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(one.reduce(take, none)).toEqual(other.reduce(take, none))
        const latest = Math.max(...one.map(({ at }) => at))
        expect(one.reduce(take, none).times.p).toBe(new Date(latest).toISOString())
      }),
      { numRuns: 300 },
    )
  })

  it('takes times of any zone and kind', () => {
    const at = (time: Date | string | number) =>
      firing(
        defineRule('a', productAdded, {
          subject: user,
          then: [setProperty('p', () => 1, { latestBy: () => time })],
        }),
        subjectWith({}),
      ).state.times.p
    const noon = '2026-01-01T12:00:00.000Z'
    expect([noon, '2026-01-01T14:00:00+02:00', '2026-01-01T12:00Z', Date.parse(noon), new Date(noon)].map(at)).toEqual(
      Array(5).fill(noon),
    )
  })
})
