import { expect, it } from 'vitest'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { InstanceReport } from '../../../src/operations/model/instance-report.ts'
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

it('keeps the incident when the dashboard is killed in it, and tells how long nothing was evaluated', async () => {
  const world = operationsWorld()
  const first = await world.open('a')
  await first.beat([change('AlertFired', 'one', world.now())], 70)
  first.kill()
  await world.pass(5 * 60_000)
  const second = await world.open('b')
  expect(second.operations.alerts().map(({ fingerprint, incident }) => [fingerprint, incident])).toEqual([
    ['RangeStalled/range/one', '000001'],
  ])
  expect(second.operations.openIncidents().map(({ id }) => id)).toEqual(['000001'])
  // Its rules say the same, and nothing is opened again.
  await second.beat([change('AlertFired', 'one', world.now())], 40)
  expect(second.operations.openIncidents().map(({ id, alerts }) => [id, alerts.length])).toEqual([['000001', 1]])
  const { rows } = await world.within(1_000, second.operations.activity())
  const gaps = rows.filter(({ type }) => type === 'EvaluationGap')
  expect(gaps.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Nothing was evaluated between 2026-01-01T00:0\d:\d\d.\d{3}Z and /),
  ])
})

it('reads what was written last from the log if the process that folds views was killed before it folded it', async () => {
  const world = operationsWorld()
  const holds = { saves: false }
  const first = await world.open('a', (store) => ({
    ...store,
    viewStore: {
      ...store.viewStore,
      save: (...given) => (holds.saves ? new Promise(() => {}) : store.viewStore.save(...given)),
    },
  }))
  await first.beat([], 2)
  holds.saves = true
  await first.beat([change('AlertFired', 'one', world.now())])
  first.kill()
  const second = await world.open('b')
  expect(second.operations.alerts().map(({ fingerprint }) => fingerprint)).toEqual(['RangeStalled/range/one'])
})

it('does not reopen an incident that a person resolved, and says that an alert was still firing', async () => {
  const world = operationsWorld()
  const { operations, beat } = await world.open('a')
  await beat([change('AlertFired', 'one', world.now())])
  await world.within(1_000, operations.resolve('000001', 'Ada'))
  await beat([], 5)
  expect(operations.openIncidents()).toEqual([])
  expect(operations.alerts()).toHaveLength(1)
  await beat([change('AlertResolved', 'one', world.now())])
  const incident = await world.within(1_000, operations.incident('000001'))
  expect(incident?.timeline.slice(2)).toMatchObject([
    { type: 'Resolved', by: 'Ada', firing: 1 },
    { type: 'AlertResolved', fingerprint: 'RangeStalled/range/one' },
  ])
  expect(incident?.state).toBe('resolved')
  await beat([change('AlertFired', 'one', world.now())])
  expect(operations.openIncidents().map(({ id }) => id)).toEqual(['000002'])
})

it('continues an alert in the next month, and its incident with it', async () => {
  const world = operationsWorld()
  await world.pass(Date.UTC(2026, 1, 1) - world.now() - 60_000)
  const { operations, beat } = await world.open('a')
  await beat([change('AlertFired', 'one', world.now())], 65)
  expect(new Date(world.now()).toISOString().slice(0, 7)).toBe('2026-02')
  await beat([change('AlertResolved', 'one', world.now())], 2)
  expect(operations.alerts()).toEqual([])
  expect(operations.openIncidents()).toEqual([])
  const streams: string[] = []
  for await (const id of world.port.events.streams({ category: 'alert' })) streams.push(id)
  expect(streams).toEqual([
    'alert:RangeStalled%2Frange%2Fone',
    'alert:RangeStalled%2Frange%2Fone:2026-01',
    'alert:RangeStalled%2Frange%2Fone:2026-02',
  ])
})

it('evaluates while its storage is away, and stores what it decided afterwards, in order', async () => {
  const world = operationsWorld()
  const away = { is: false }
  const errors: unknown[] = []
  const awayFor = (store: typeof world.port): typeof world.port => {
    const refuse = () => Promise.reject(new StorageUnavailable('away'))
    return {
      ...store,
      events: { ...store.events, append: (...given) => (away.is ? refuse() : store.events.append(...given)) },
      viewStore: { ...store.viewStore, query: (query) => (away.is ? refuse() : store.viewStore.query(query)) },
    }
  }
  const { operations, beat } = await world.open('a', awayFor, { onError: (error) => errors.push(error) })
  away.is = true
  await beat(['one', 'two'].map((id) => change('AlertFired', id, world.now())))
  expect(operations.alerts()).toMatchObject([{ state: 'firing', incident: null }, { state: 'firing' }])
  expect(operations.ops().error).toEqual({ code: 'StorageUnavailable', message: 'away' })
  await beat([change('AlertResolved', 'one', world.now())], 30)
  expect(operations.alerts()).toMatchObject([{ fingerprint: 'RangeStalled/range/two' }])
  expect(errors).toEqual([new StorageUnavailable('away')])
  away.is = false
  await beat([], 70)
  expect(operations.ops().error).toBeNull()
  expect(operations.alerts()).toMatchObject([{ fingerprint: 'RangeStalled/range/two', incident: '000001' }])
  const incident = await world.within(1_000, operations.incident('000001'))
  expect(incident?.alerts.map(({ fingerprint, state }) => [fingerprint, state])).toEqual([
    ['RangeStalled/range/one', 'resolved'],
    ['RangeStalled/range/two', 'firing'],
  ])
})

it('opens without its storage, and connects when that is back', async () => {
  const world = operationsWorld()
  const away = { is: true }
  const { operations, beat } = await world.open('a', (store) => ({
    ...store,
    viewStore: {
      ...store.viewStore,
      query: (query) => (away.is ? Promise.reject(new StorageUnavailable('away')) : store.viewStore.query(query)),
    },
  }))
  await beat([change('AlertFired', 'one', world.now())], 2)
  expect(operations.ops()).toMatchObject({ error: { code: 'StorageUnavailable' } })
  expect(operations.alerts()).toHaveLength(1)
  away.is = false
  await beat([], 3)
  expect(operations.ops()).toMatchObject({ error: null })
  expect(operations.openIncidents()).toHaveLength(1)
})

it('adds up by day in which seconds services were up and down, and counts none of an unknown time', async () => {
  const world = operationsWorld()
  const { operations, beat } = await world.open('a')
  const report = (reportedAt: number) => ({
    id: 'w1',
    kind: 'worker',
    service: 'worker',
    host: 'h',
    pid: 1,
    release: '1.0',
    startedAt: new Date(world.now()).toISOString(),
    reportedAt: new Date(reportedAt).toISOString(),
    every: 5_000,
    stoppedAt: null,
    load: null,
    memory: null,
    totals: {},
    durations: {},
  })
  const up = report(world.now())
  let last = up
  for (let i = 0; i < 45; i++) {
    last = report(world.now())
    await beat([], 1, { instances: [{ ...last, startedAt: up.startedAt }] })
  }
  await beat([], 60, { instances: null })
  await beat([], 125, { instances: [{ ...last, startedAt: up.startedAt }] })
  const days = await world.within(1_000, operations.availability(1))
  const worker = days.find(({ service }) => service === 'worker')
  expect(worker?.day).toBe('2026-01-01')
  expect(worker?.up).toBeGreaterThan(40)
  expect(worker?.up).toBeLessThanOrEqual(60)
  expect(worker?.down).toBeGreaterThan(55)
  expect(worker?.down).toBeLessThanOrEqual(110)
  const { rows } = await world.within(1_000, operations.activity())
  expect(rows.map(({ type, subject }) => [type, subject])).toEqual(
    expect.arrayContaining([
      ['InstanceStarted', 'w1'],
      ['InstanceLost', 'w1'],
      ['ServiceUpdated', 'worker'],
    ]),
  )
})

it('keeps the minutes of the history and of the objectives between two runs', async () => {
  const world = operationsWorld()
  const first = await world.open('a')
  await first.beat([], 2)
  first.sampler.history.add(world.now(), { behind: 7 })
  first.keep({ good: 1 })
  const begun = world.now()
  await world.within(20_000, first.operations.close())
  const second = await world.open('b')
  expect(second.saved()).toEqual({ good: 1 })
  const { average } = second.operations.history.read('behind', begun - 60_000, 60)
  expect(average).toContain(7)
})

it('refuses bad input by code, and stores hostile texts as they are', async () => {
  const world = operationsWorld()
  const { operations, beat } = await world.open('a')
  const hostile = '<script>alert(1)</script>\u202e\ud800 javascript:\n\u0000'
  await beat([change('AlertFired', hostile.repeat(20), world.now())])
  const [incident] = operations.openIncidents()
  expect(incident?.title.startsWith('<script>alert(1)</script>\u202e\ufffd javascript:\n\u0000')).toBe(true)
  const code = (promise: Promise<unknown>) =>
    world.within(1_000, promise).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    )
  expect(await code(operations.note('000001', 'Ada', ''))).toBe('InvalidOption')
  expect(await code(operations.note('000001', 'Ada', 'x'.repeat(2_001)))).toBe('InvalidOption')
  expect(await code(operations.note('000001', '', 'x'))).toBe('InvalidOption')
  expect(await code(operations.acknowledge('000009', 'Ada'))).toBe('IncidentNotFound')
  expect(await code(operations.acknowledge('../1', 'Ada'))).toBe('IncidentNotFound')
  expect(await code(operations.acknowledge('000001', 'Ada'))).toBe('done')
  expect(await code(operations.resolve('000001', 'Ada'))).toBe('done')
  expect(await code(operations.resolve('000001', 'Ada'))).toBe('IncidentClosed')
  expect(await code(operations.note('000001', 'Ada', 'afterwards'))).toBe('done')
  const until = new Date(world.now() + 60_000).toISOString()
  expect(await code(operations.silence({ matchers: {}, by: 'Ada', reason: 'x', until }))).toBe('InvalidOption')
  expect(await code(operations.silence({ matchers: { rule: '*' }, by: 'Ada', reason: ' ', until }))).toBe(
    'InvalidOption',
  )
  expect(await code(operations.endSilence('none', 'Ada'))).toBe('SilenceNotFound')
  expect(await code(operations.incidents({ limit: 0 }))).toBe('InvalidOption')
})

it('silences alerts until a person ends it, also in another dashboard', async () => {
  const world = operationsWorld()
  const a = await world.open('a')
  const b = await world.open('b')
  await a.beat([change('AlertFired', 'one', world.now())])
  const until = new Date(world.now() + 3_600_000).toISOString()
  const given = { matchers: { subject: 'o*' }, by: 'Ada', reason: 'known', until }
  const id = await world.within(1_000, a.operations.silence(given))
  await b.beat([], 3)
  const [alert] = b.operations.alerts()
  expect(alert && b.operations.isSilenced(alert)).toBe(true)
  expect(alert?.state).toBe('firing')
  await world.within(1_000, b.operations.endSilence(id, 'Bob'))
  await a.beat([], 3)
  expect(alert && a.operations.isSilenced(alert)).toBe(false)
  expect(a.operations.silences()).toEqual([])
})

it('deletes what it recorded of instances more than 100 days ago, and tells that one which is back was not recorded', async () => {
  const world = operationsWorld()
  const recordedAt = new Date(world.now() - 101 * 24 * 3_600_000)
  for (const id of ['instance:api', 'watch:2025-09-01']) {
    const happened = { eventType: 'Happened', eventData: {}, metadata: { eventId: crypto.randomUUID() } }
    await world.port.events.append(id, [happened], { expectedVersion: 'any', recordedAt })
  }
  const { operations, beat } = await world.open('a')
  await beat([], 2, { instances: [] })
  expect(await Array.fromAsync(world.port.events.streams({ category: 'instance' }))).toEqual([])
  expect(await Array.fromAsync(world.port.events.streams({ category: 'watch' }))).not.toContain('watch:2025-09-01')
  const at = new Date(world.now()).toISOString()
  const back = { id: 'api', kind: 'api', service: 'api', host: null, pid: 1, release: null, startedAt: at } as const
  const report = { ...back, reportedAt: at, every: 60_000, stoppedAt: null, load: null, memory: null }
  await beat([], 3, { instances: [{ ...report, totals: {}, durations: {} } as unknown as InstanceReport] })
  expect(operations.ops().error).toBeNull()
  const { rows } = await world.within(1_000, operations.activity())
  expect(rows.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^1 change .* could not be stored$/))
})
