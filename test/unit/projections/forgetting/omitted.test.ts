import { expect, test } from 'vitest'
import { openMembers, plans } from '../../../support/privacy/members.ts'
import { foldAll } from '../../processor/parking/support.ts'

test('a projection that does not say how it forgets gets no personal members, and reads no key', async () => {
  const { join, append, storage, calls, storedViews } = await openMembers()
  await join('m-1')
  await append('m-1', 'Renamed', { fullName: 'Needle Two' })
  await append('m-1', 'PlanChanged', { plan: 'gold' })
  const before = calls.length
  await foldAll(storage, plans)
  expect(await storage.views.get(plans, 'm-1')).toEqual({
    plan: 'gold',
    events: 3,
    seen: ['memberId,plan', 'memberId'],
  })
  expect(calls.length).toBe(before)
  expect(storedViews()).not.toMatch(/needle|\$personal/i)
})

test('such a projection needs no vault, and goes on while the store of keys is down', async () => {
  const { join, log, storage, breakKeys } = await openMembers()
  await join('m-1')
  breakKeys(true)
  await foldAll(storage, plans)
  expect(await storage.views.get(plans, 'm-1')).toMatchObject({ plan: 'basic', events: 1 })
  await foldAll(log, { ...plans, name: 'others' })
  expect(await storage.views.get({ ...plans, name: 'others' }, 'm-1')).toMatchObject({ plan: 'basic', events: 1 })
})

test('upcasters of such a projection get stand-ins for what is omitted', async () => {
  const { join, log, storage } = await openMembers()
  await join('m-1')
  const document = {
    eventType: 'Renamed',
    eventData: { memberId: 'm-1', name: ' Needle ' },
    metadata: { eventId: 'old' },
  }
  const sealed = await storage.vault.events.seal('member:m-1', [document], plans.events.definitions)
  await log.events.append('member:m-1', sealed, { expectedVersion: 'any' })
  await foldAll(storage, plans)
  expect(await storage.views.get(plans, 'm-1')).toMatchObject({ seen: ['memberId,plan', 'memberId'] })
})
