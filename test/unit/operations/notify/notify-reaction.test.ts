import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { type Clock, systemClock } from '../../../../src/core/clock.ts'
import { incidentEvents } from '../../../../src/operations/incidents/incident-events.ts'
import { parseDestination } from '../../../../src/operations/notify/destination.ts'
import { openOperations } from '../../../../src/operations/open-operations.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { Faults } from '../../../support/http/faults.ts'
import { listen } from '../../../support/http/listen.ts'
import { until } from '../../../support/projecting/until.ts'
import { change, fakeEvaluator, fakeSampler, snapshotAt } from '../support.ts'

type Received = { readonly path: string; readonly authorization: string | undefined; readonly body: unknown }

// A tenth of each pause; a call still has seconds.
const brisk: Clock = { now: systemClock.now, sleep: (pause, signal) => systemClock.sleep(pause / 10, signal) }

/** A server that receives notices, and a dashboard that sends them to it as one kind of destination. */
async function notified(destinationOf: (url: string) => string) {
  const received: Received[] = []
  const faults = new Faults()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (await faults.meet(response)) return
    const { authorization } = request.headers
    received.push({ path: request.url ?? '', authorization, body: JSON.parse(Buffer.concat(chunks).toString()) })
    response.end()
  })
  const listening = await listen(server)
  const port = openMemory()
  const { sampler, take } = fakeSampler()
  const { evaluator, decide } = fakeEvaluator()
  const destination = parseDestination(destinationOf(listening.url))
  const operations = await openOperations({
    store: withViews(port),
    storeKind: 'memory',
    notify: [destination],
    service: 'shop',
    link: 'https://ops.example.com/dashboard/',
    sampler,
    evaluator,
    clock: brisk,
  })
  return {
    operations,
    received,
    faults,
    destination,
    port,
    beat(...changes: ReturnType<typeof change>[]) {
      decide(...changes)
      take(snapshotAt(Date.now()))
    },
    async [Symbol.asyncDispose]() {
      await operations.close()
      await listening[Symbol.asyncDispose]()
    },
  }
}

it('tells PagerDuty of an incident, its acknowledgement and its end, under one key', async () => {
  await using world = await notified((url) => `pagerduty+${url}/v2/enqueue#0123456789abcdef`)
  const { operations, received, beat } = world
  beat(change('AlertFired', 'one', Date.now()))
  await until('it is told', () => received.length === 1)
  await operations.acknowledge('000001', 'Ada')
  await until('it is told', () => received.length === 2)
  beat(change('AlertResolved', 'one', Date.now()))
  await until('it is told', () => received.length === 3)
  const key = `${world.port.incarnation}-000001`
  expect(received.map(({ path }) => path)).toEqual(['/v2/enqueue', '/v2/enqueue', '/v2/enqueue'])
  expect(received.map(({ body }) => body)).toMatchObject([
    {
      event_action: 'trigger',
      dedup_key: key,
      routing_key: '0123456789abcdef',
      payload: { summary: 'one is stalled', severity: 'critical', source: 'shop' },
      links: [{ href: 'https://ops.example.com/dashboard/#/incidents/000001' }],
    },
    { event_action: 'acknowledge', dedup_key: key },
    { event_action: 'resolve', dedup_key: key },
  ])
})

it('waits out an outage of the destination, and parks nothing', async () => {
  await using world = await notified((url) => `json+${url.replace('//', '//ada:s3cret@')}/hook`)
  const { received, beat, faults, port, destination } = world
  faults.always({ answer: 503 })
  beat(change('AlertFired', 'one', Date.now()))
  await until('the incident is open', () => world.operations.openIncidents().length === 1)
  await until('it was tried', async () => (await port.leases.list()).length > 0)
  expect(received).toEqual([])
  faults.clear()
  await until('it is told', () => received.length === 1)
  expect(received[0]).toMatchObject({
    path: '/hook',
    authorization: `Basic ${Buffer.from('ada:s3cret').toString('base64')}`,
    body: { type: 'incident.opened', service: 'shop', incident: { id: '000001' }, alerts: [{ rule: 'RangeStalled' }] },
  })
  const reaction = defineReaction(destination.name, { events: incidentEvents, on: { IncidentOpened: () => {} } })
  expect(await parkedSequences(port, reaction).count()).toBe(0)
})

it('parks a notice that is refused, and names no secret of the address', async () => {
  await using world = await notified((url) => `json+${url}/hook/s3cret-token`)
  const { beat, faults, port, destination } = world
  faults.always({ answer: 403 })
  beat(change('AlertFired', 'one', Date.now()))
  const reaction = defineReaction(destination.name, { events: incidentEvents, on: { IncidentOpened: () => {} } })
  await until('it is parked', async () => (await parkedSequences(port, reaction).count()) === 1)
  const stored = JSON.stringify([...port.state.views.values()])
  expect(stored).toContain('refused the notice with status 403')
  expect(stored).not.toContain('s3cret')
})

it('sends Alertmanager each alert with a start, and an end when it is resolved', async () => {
  await using world = await notified((url) => `alertmanager+${url}`)
  const { received, beat } = world
  beat(change('AlertFired', 'one', Date.now()))
  await until('it is told', () => received.length === 1)
  beat(change('AlertResolved', 'one', Date.now()))
  await until('its end is told', () => received.length === 2)
  expect(received.map(({ path }) => path)).toEqual(['/api/v2/alerts', '/api/v2/alerts'])
  type Alert = { readonly labels: object; readonly startsAt: string; readonly endsAt: string }
  const [first, last] = received.map(({ body }) => (body as readonly Alert[])[0])
  expect(first?.labels).toEqual({
    alertname: 'RangeStalled',
    subject: 'one',
    subject_kind: 'range',
    severity: 'critical',
    service: 'shop',
  })
  expect(Date.parse(first?.endsAt ?? '')).toBeGreaterThan(Date.now() + 4 * 3_600_000)
  expect(Date.parse(last?.endsAt ?? '')).toBeLessThanOrEqual(Date.now())
})

it('tells nothing of a silenced alert, neither its start nor its end', async () => {
  await using world = await notified((url) => `json+${url}`)
  const { operations, received, beat } = world
  const until_ = new Date(Date.now() + 3_600_000).toISOString()
  await operations.silence({ matchers: { subject: 'one' }, by: 'Ada', reason: 'known', until: until_ })
  beat()
  await until('the silence is in the view', async () =>
    [...world.port.state.views.values()].some(({ json }) => json.includes('ops-silences') && json.includes('known')),
  )
  beat(change('AlertFired', 'one', Date.now()))
  await until('the incident is open', () => operations.openIncidents().length === 1)
  beat(change('AlertResolved', 'one', Date.now()))
  await until('the incident is over', () => operations.openIncidents().length === 0)
  await operations.silence({ matchers: { subject: 'two' }, by: 'Ada', reason: 'other', until: until_ })
  const later = Date.now() + 11 * 60_000
  beat(change('AlertFired', 'three', later))
  await until('another one is told', () => received.length >= 1)
  expect(received.map(({ body }) => body)).toMatchObject([{ incident: { id: '000002' } }])
})
