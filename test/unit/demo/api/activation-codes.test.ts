import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../../src/aggregates/aggregate.ts'
import { repository } from '../../../../src/aggregates/repository.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { openDemo, registration } from '../support.ts'

const CODE = '542-484'

const json = z.record(z.string(), z.json())

// As releases before stored them: with the code itself.
const before = defineAggregate({
  category: 'meter',
  events: defineEvents({ MeterRegistered: json, MeterYearOpened: json }),
  initial: {} as z.infer<typeof json>,
  evolve: { MeterRegistered: (_, { data }) => data, MeterYearOpened: (_, { data }) => data },
  periods: {
    carry: (state) => ({
      type: 'MeterYearOpened',
      data: { ...state, status: 'registered', failedActivationAttempts: 0, latestReadingDate: null },
    }),
  },
})

it('stand neither in what the API shows nor in the log', async () => {
  const demo = await openDemo()
  await demo.post('/meters', registration('m'), { 'idempotency-key': '1' })
  await demo.activate('m', { 'idempotency-key': '2' })
  const { position } = await demo.post('/meters/m/years/2026/close', undefined, { 'idempotency-key': '3' })
  const headers = { 'tidemark-position': position }
  for (const url of ['/meters/m/events?year=2026', '/meters/m/events?year=2027', '/meters/m', '/meters']) {
    const { status, body } = await demo.get(url, headers)
    expect(status).toBe(200)
    expect(JSON.stringify(body), url).not.toMatch(/542-484|activationCode|fingerprint/i)
  }
  const { body } = await demo.get('/meters/m/events?year=2026')
  expect(body.items[0].data).toEqual({ meterId: 'm', postalCode: '1012 AB', houseNumber: '7' })
  for await (const event of demo.storage.events.query({})) expect(JSON.stringify(event)).not.toContain(CODE)
})

it('that were stored are not shown either, and go on to be the right ones', async () => {
  const demo = await openDemo({ projecting: false })
  const stored = repository(demo.storage, before)
  for (const id of ['m', 'n']) {
    const registered = { type: 'MeterRegistered', data: registration(id) } as const
    await stored.execute(id, () => registered, { period: '2026' })
  }
  await stored.close('n', { period: '2026', successor: '2027' })
  for (const url of ['/meters/m/events', '/meters/n/events?year=2026', '/meters/n/events?year=2027']) {
    const { body } = await demo.get(url)
    expect(body.items[0].data).toMatchObject({ postalCode: '1012 AB' })
    expect(JSON.stringify(body), url).not.toMatch(/542-484|activationCode/)
  }
  for (const id of ['m', 'n']) {
    expect((await demo.post(`/meters/${id}/activation`, { activationCode: 'wrong' })).status).toBe(422)
  }
  // Carried into the next year as a hash, and still the same code.
  expect((await demo.post('/meters/m/years/2026/close')).status).toBe(200)
  for (const id of ['m', 'n']) {
    expect(await demo.activate(id)).toMatchObject({ status: 200, body: { streamId: `meter:${id}:2027` } })
  }
})
