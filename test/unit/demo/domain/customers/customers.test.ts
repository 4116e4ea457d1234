import fc from 'fast-check'
import { expect, it } from 'vitest'
import customersView from '../../../../../projections/customers.ts'
import meterOverview from '../../../../../projections/meter-overview.ts'
import { customer, registerCustomer } from '../../../../../src/demo/domain/customers/customer.ts'
import { emailKey, emailSchema } from '../../../../../src/demo/domain/customers/email.ts'
import { CustomerAlreadyRegistered } from '../../../../../src/demo/domain/errors.ts'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import type { Projection } from '../../../../../src/projections/projection.ts'
import { given, givenEvents, personForgotten } from '../../../../../src/testing/index.ts'
import { openDemo, registration } from '../../support.ts'

const ADA = { customerId: 'c-1', name: 'Ada Lovelace', email: 'Ada@example.org', address: '12 St James Square' }
const registered = { type: 'CustomerRegistered', data: ADA } as const

const REGISTERED_METER = { meterId: 'm-1', customerId: 'c-1', postalCode: '1012 AB', houseNumber: '7' }
const meterRegistered = (meterId: string, more: object = {}) => ({
  streamId: `meter:${meterId}:2026`,
  type: 'MeterRegistered',
  data: { ...REGISTERED_METER, meterId, activationCodeHash: 'h', ...more },
})

it('registers a customer once', async () => {
  await given(customer)
    .when((state) => registerCustomer(state, ADA))
    .then(registered)
  await given(customer, registered)
    .when((state) => registerCustomer(state, ADA))
    .thenThrows(CustomerAlreadyRegistered)
})

it('gives a customer the e-mail address in one form, and a forgotten one none', () => {
  const metadata = { eventId: 'e', recordedAt: '2026-11-20T12:00:00.000Z' }
  const event = { ...registered, streamId: 'customer:c-1', version: 1, metadata }
  const state = customer.evolve.CustomerRegistered(customer.initial, event)
  expect(state.status).toBe('registered')
  expect(customer.unique?.email?.(state)).toBe('ada@example.org')
  const forgotten = customer.evolve.CustomerRegistered(customer.initial, { ...event, redacted: ['email'] })
  expect(forgotten.status).toBe('forgotten')
  expect(customer.unique?.email?.(forgotten)).toBeNull()
  expect(customer.unique?.email?.(customer.initial)).toBeNull()
})

it('compares e-mail addresses in any case and any composition of letters', () => {
  expect(emailKey('ÅSA@Example.org')).toBe(emailKey('A\u030Asa@example.ORG'))
  for (const email of ['ada@example.org', 'åsa.öberg+x@exämple.se'])
    expect(emailSchema.safeParse(email).success).toBe(true)
  for (const email of ['', 'ada', '@example.org', 'a b@example.org', 'a@example.org\n', `${'a'.repeat(250)}@x.org`]) {
    expect(emailSchema.safeParse(email).success, email).toBe(false)
  }
})

const streamId = 'customer:c-1'
const shown = { customerId: 'c-1', name: ADA.name, email: ADA.email, address: ADA.address, forgotten: false }

it('shows customers with the meters that they have, whatever comes first', async () => {
  const view = { ...shown, meters: ['m-1', 'm-2'], emailKey: 'ada@example.org', postalCodes: { x31303132204142: true } }
  const events = [{ streamId, ...registered }, meterRegistered('m-2'), meterRegistered('m-1')] as const
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...events], { minLength: 3 }), async (order) => {
      await givenEvents(customersView as Projection, order).thenViews({ 'c-1': view })
    }),
  )
  await givenEvents(customersView, [meterRegistered('m', { customerId: undefined })]).thenViews({})
})

it('sweeps a customer out of the view', async () => {
  const events = [{ streamId, ...registered }, meterRegistered('m-1'), personForgotten('c-1')]
  const standIns = { name: '(forgotten)', email: '(forgotten)', address: '(forgotten)' }
  await givenEvents(customersView, events).thenView('c-1', {
    ...shown,
    ...standIns,
    meters: ['m-1'],
    forgotten: true,
    emailKey: null,
    postalCodes: {},
  })
  await givenEvents(customersView, [personForgotten('x')]).thenView('x', null)
})

it('keeps the address of a customer apart from one that queries may filter by', async () => {
  const events = [meterRegistered('m-1'), meterRegistered('m-2', { customerId: undefined })]
  const rest = {
    status: 'registered',
    activationReminded: false,
    failedActivationAttempts: 0,
    latestReadingDate: null,
  } as const
  const address = { postalCode: '1012 AB', houseNumber: '7' }
  await givenEvents(meterOverview, events).thenViews({
    'm-1': { meterId: 'm-1', customerId: 'c-1', postalCode: '', houseNumber: '', address, ...rest },
    'm-2': { meterId: 'm-2', ...address, ...rest },
  })
})

it('comes to the same views when they are rebuilt after a customer was forgotten', async () => {
  const viewsOf = async (projecting: boolean) => {
    const demo = await openDemo({ projecting })
    for (const i of [1, 2]) {
      await demo.post('/customers', { ...ADA, customerId: `c-${i}`, email: `${i}@example.org` })
      for (const meter of ['a', 'b', 'c']) {
        await demo.post('/meters', { ...registration(`m-${i}${meter}`), customerId: `c-${i}` })
      }
    }
    const last = await demo.register('m-0')
    if (projecting) await demo.get('/meters', { 'tidemark-position': last.position })
    await demo.vault?.forget('c-1')
    await demo.vault?.finishDue()
    const all = [customersView, meterOverview] as readonly Projection[]
    const processor = projecting ? undefined : await startProcessor(demo.storage, all)
    const found = async () => ({
      customers: (await demo.get('/customers')).body.items,
      meters: (await demo.get('/meters')).body.items,
    })
    await expect
      .poll(async () => {
        const { customers, meters } = await found()
        return [
          meters.length,
          ...customers.map((one: { meters: string[]; forgotten: boolean }) => [one.meters.length, one.forgotten]),
        ]
      })
      .toEqual([7, [3, true], [3, false]])
    const views = await found()
    await processor?.stop()
    return views
  }
  expect(await viewsOf(false)).toEqual(await viewsOf(true))
})
