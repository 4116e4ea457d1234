import { describe, expect, it } from 'vitest'
import meterActivation from '../../../../../projections/meter-activation.ts'
import meterOverview from '../../../../../projections/meter-overview.ts'
import { readActivationTimes } from '../../../../../src/demo/domain/meters/activation/activation-times.ts'
import { openMeters } from '../../../../../src/demo/domain/meters/meters.ts'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { open } from '../../../timers/support.ts'

const DAY = 24 * 3_600_000
// Days of every second would take a test long; nothing happens in between.
const times = { ACTIVATION_REMINDER_AFTER: '14000', ACTIVATION_EXPIRES_AFTER: '10000' }

/** The demo's meters, and its process manager at work. */
async function openActivation() {
  const world = open(3)
  const { port, theirs, clock, whileTimePasses, stop } = world
  Object.assign(process.env, times)
  const reaction = meterActivation(withViews(theirs))
  for (const name of Object.keys(times)) delete process.env[name]
  const worker = await whileTimePasses(startProcessor(theirs, [reaction, meterOverview], { clock }))
  const meters = openMeters(port, { clock })
  const register = (meterId: string) =>
    meters.register({ meterId, postalCode: '1012 AB', houseNumber: '7', activationCode: 'x' })
  const typesIn = async (meterId: string) =>
    (await port.events.load(`meter:${meterId}:2026`)).events.map(({ eventType }) => eventType)
  return {
    ...world,
    meters,
    register,
    typesIn,
    view: (meterId: string) => withViews(port).views.get(meterOverview, meterId),
    end: () => stop(worker),
  }
}

describe('a meter that is not activated', () => {
  it('gets a reminder, and then its activation expires', async () => {
    const { pass, meters, register, typesIn, view, end } = await openActivation()
    await register('1')
    await pass(13_900)
    expect(await typesIn('1')).toEqual(['MeterRegistered'])
    await pass(300)
    expect(await typesIn('1')).toEqual(['MeterRegistered', 'MeterActivationReminded'])
    expect(await view('1')).toMatchObject({ status: 'registered', activationReminded: true })
    await pass(9_500)
    expect(await typesIn('1')).toHaveLength(2)
    await pass(1_000)
    expect(await typesIn('1')).toEqual(['MeterRegistered', 'MeterActivationReminded', 'MeterActivationExpired'])
    expect(await view('1')).toMatchObject({ status: 'expired', activationReminded: true })
    const late = meters.activate({ meterId: '1', activationCode: 'x' })
    await expect(late).rejects.toMatchObject({ code: 'MeterActivationExpired' })
    await meters.deregister('1')
    await end()
  })

  it('gets neither once it was activated or deregistered', async () => {
    const { pass, meters, register, typesIn, view, port, end } = await openActivation()
    for (const meterId of ['early', 'late', 'gone']) await register(meterId)
    await pass(1_000)
    await meters.activate({ meterId: 'early', activationCode: 'x' })
    await meters.deregister('gone')
    await pass(14_000)
    await meters.activate({ meterId: 'late', activationCode: 'x' })
    await pass(30_000)
    expect(await typesIn('early')).toEqual(['MeterRegistered', 'MeterActivated'])
    expect(await typesIn('late')).toEqual(['MeterRegistered', 'MeterActivationReminded', 'MeterActivated'])
    expect(await typesIn('gone')).toEqual(['MeterRegistered', 'MeterDeregistered'])
    expect(await view('late')).toMatchObject({ status: 'active', activationReminded: true })
    const pending = await port.viewStore.count({ projection: '$timers', version: 1 })
    expect(pending).toBe(0)
    await end()
  })

  it('keeps what it was reminded of, and that it expired, in the next year', async () => {
    const { meters, register, pass, port, end } = await openActivation()
    await register('1')
    await pass(14_500)
    await meters.closeYear('1', '2026')
    expect((await meters.find('1')).state).toMatchObject({ status: 'registered', activationReminded: true })
    await pass(12_000)
    expect((await port.events.load('meter:1:2027')).events.map(({ eventType }) => eventType)).toEqual([
      'MeterYearOpened',
      'MeterActivationExpired',
    ])
    expect((await meters.find('1')).state).toMatchObject({ status: 'expired', activationReminded: true })
    await end()
  })
})

it('has 14 days for each step unless the environment says otherwise, and refuses what is no time', () => {
  expect(readActivationTimes({})).toEqual({ reminderAfter: 14 * DAY, expiresAfter: 14 * DAY })
  expect(readActivationTimes(times)).toEqual({ reminderAfter: 14_000, expiresAfter: 10_000 })
  for (const wrong of ['-1', '1d', '1.5', '1e99', '99999999999999']) {
    for (const name of Object.keys(times)) {
      expect(() => readActivationTimes({ [name]: wrong })).toThrow(
        expect.objectContaining({ code: 'InvalidConfiguration', setting: name }),
      )
    }
  }
})
