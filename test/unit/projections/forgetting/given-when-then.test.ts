import { expect, test } from 'vitest'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { givenEvents, personForgotten } from '../../../../src/testing/given-when-then/projection.ts'
import { cards, members, plans, search } from '../../../support/privacy/members.ts'

const joined = {
  streamId: 'member:m-1',
  type: 'Joined',
  data: { memberId: 'm-1', plan: 'basic', name: 'Ada', email: 'ada@example.org' },
}

test('handlers get in a test what they get in a processor', async () => {
  await givenEvents(plans, [joined]).thenView('m-1', { plan: 'basic', events: 1, seen: ['memberId,plan'] })
  await givenEvents(cards, [joined]).thenView('m-1', {
    memberId: 'm-1',
    plan: 'basic',
    name: 'Ada',
    email: 'ada@example.org',
    redacted: [],
  })
  await givenEvents(search, [joined]).thenView('m-1', { memberId: 'm-1', name: 'Ada', plan: 'basic' })
})

test('a test says what is left of a view once its person was forgotten', async () => {
  await givenEvents(search, [joined, personForgotten('m-1')]).thenViews({})
  await givenEvents(search, [joined, personForgotten('m-2')]).thenView('m-1', {
    memberId: 'm-1',
    name: 'Ada',
    plan: 'basic',
  })
})

const initials = (name: string) => {
  if (name === '(forgotten)') throw new RangeError('no initials')
  return name[0] as string
}

test('a handler that fails on stand-ins is found in a test that has none', async () => {
  const badges = defineProjection('badges', {
    events: members,
    key: ({ data }) => data.memberId,
    initial: () => ({ initials: '' }),
    on: { Joined: (_, { data }) => ({ initials: initials(data.name) }) },
    forgotten: { key: (person) => person, fold: () => null },
  })
  const then = givenEvents(badges, [joined]).thenView('m-1', { initials: 'A' })
  await expect(then).rejects.toThrow(/Projection badges fails once a person is forgotten: .*no initials/)
})
