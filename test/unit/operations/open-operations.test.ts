import { expect, it } from 'vitest'
import { change, operationsWorld } from './support.ts'

it('opens an incident for an alert that fires, and resolves it when the alert is resolved', async () => {
  const world = operationsWorld()
  const { operations, beat } = await world.open('a')
  await beat([change('AlertFired', 'meters:3 0-', world.now())])
  const [alert] = operations.alerts()
  expect(alert).toMatchObject({ state: 'firing', severity: 'critical', incident: '000001', resolvedAt: null })
  const [incident] = operations.openIncidents()
  expect(incident).toMatchObject({ id: '000001', title: 'meters:3 0- is stalled', state: 'open', severity: 'critical' })
  await beat([change('AlertResolved', 'meters:3 0-', world.now())])
  expect(operations.alerts()).toEqual([])
  expect(operations.openIncidents()).toEqual([])
  const { rows, next } = await world.within(1_000, operations.incidents())
  expect(rows.map(({ id, state }) => ({ id, state }))).toEqual([{ id: '000001', state: 'resolved' }])
  expect(rows[0]?.timeline.map(({ type }) => type)).toEqual(['Opened', 'AlertJoined', 'AlertResolved', 'Resolved'])
  expect(next).toBeNull()
  await world.within(20_000, operations.close())
})

it('opens one incident where two dashboards watch the same storage', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = operationsWorld(seed)
    const a = await world.open('a')
    const b = await world.open('b')
    const at = world.now()
    await Promise.all([a.beat([change('AlertFired', 'one', at)]), b.beat([change('AlertFired', 'one', at)])])
    await Promise.all([a.beat([], 2), b.beat([], 2)])
    for (const { operations } of [a, b]) {
      expect(operations.openIncidents().map(({ id, alerts }) => [id, alerts.length])).toEqual([['000001', 1]])
      expect(operations.alerts().map(({ incident }) => incident)).toEqual(['000001'])
    }
    const types: string[] = []
    for await (const { eventType } of world.port.events.query({ types: ['AlertFired', 'IncidentOpened'] }))
      types.push(eventType)
    expect(types).toEqual(['AlertFired', 'IncidentOpened'])
  }
})
