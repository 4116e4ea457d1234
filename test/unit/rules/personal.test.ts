import { expect, it } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { call, defineRule, emit, on, setProperty, store, subjects } from '../../../src/rules/index.ts'
import { members, openMembers } from '../../support/privacy/members.ts'
import { until } from '../../support/projecting/until.ts'

it('rules get no personal members of events, and what they emit is sealed', async () => {
  const { join, log, storage } = await openMembers()
  const emitted: unknown[] = []
  const rule = defineRule('on-joined', on(members, 'Joined'), {
    from: 'start',
    subject: ({ data }) => `member:${data.memberId}`,
    then: [
      setProperty('seen', ({ event }) => Object.keys(event.data)),
      store('log', ({ event }) => event.data),
      emit(members, 'Renamed', () => ({ memberId: '1', fullName: 'Needle' })),
    ],
    effects: [call('mail', (fired) => void emitted.push(fired.emitted, fired.event.data))],
  })
  await using _ = await startProcessor(storage, [rule], { pollInterval: 20 })
  await join('1')
  await until('the effect has run', () => emitted.length > 0)
  const shown = { memberId: '1', plan: 'basic' }
  expect(emitted).toEqual([[{ type: 'Renamed', data: { memberId: '1' } }], shown])
  expect((await subjects(storage).load('member:1')).properties).toEqual({ seen: ['memberId', 'plan'] })
  const { events } = await log.events.load('subject:member:1')
  expect(events.map(({ eventType }) => eventType)).toContain('Renamed')
  expect(JSON.stringify(events).toLowerCase()).not.toContain('needle')
})
