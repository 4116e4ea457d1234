import { describe, expect, it } from 'vitest'
import {
  MeterAlreadyActive,
  MeterAlreadyRegistered,
  MeterIsDeregistered,
  MeterNotActive,
  MeterNotFound,
  ReadingsAlreadyCollected,
} from '../../../../../src/demo/domain/errors.ts'
import { activate } from '../../../../../src/demo/domain/meters/activation/activate.ts'
import { hashActivationCode } from '../../../../../src/demo/domain/meters/activation/activation-code.ts'
import { collectReadings } from '../../../../../src/demo/domain/meters/collect-readings.ts'
import { deregister } from '../../../../../src/demo/domain/meters/deregister.ts'
import type { MeterEvent } from '../../../../../src/demo/domain/meters/events.ts'
import { type MeterState, meter } from '../../../../../src/demo/domain/meters/meter.ts'
import { register } from '../../../../../src/demo/domain/meters/register.ts'

const meterId = 'm'
const registration = { meterId, postalCode: '1012 AB', houseNumber: '7', activationCode: 'code' }
const { activationCode, ...withoutCode } = registration
const stored = { ...withoutCode, activationCodeHash: hashActivationCode(meterId, activationCode) }
const day = {
  date: '2026-11-20',
  interval: 60 as const,
  readings: [
    { timestamp: '2026-11-20T00:00:00Z', value: 0.25 },
    { timestamp: '2026-11-20T03:00:00Z', value: 1.5, gap: true as const },
  ],
}

const registered: MeterEvent = { type: 'MeterRegistered', data: stored }
const activated: MeterEvent = { type: 'MeterActivated', data: {} }
const failed: MeterEvent = { type: 'MeterActivationFailed', data: {} }
const collected: MeterEvent = { type: 'MeterReadingsCollected', data: day }
const deregistered: MeterEvent = { type: 'MeterDeregistered', data: {} }

/** The state after some events. */
function given(...events: MeterEvent[]): MeterState {
  const metadata = { eventId: 'e', recordedAt: '2026-11-20T12:00:00.000Z' }
  return events.reduce<MeterState>((state, event, i) => {
    const evolve = meter.evolve[event.type] as (state: MeterState, event: object) => MeterState
    return evolve(state, { ...event, streamId: 'meter:m:2026', version: i + 1, metadata })
  }, meter.initial)
}

describe('register', () => {
  it('registers a meter that nobody knows', () => {
    expect(register(given(), registration)).toEqual(registered)
    expect(register(given(), { ...registration, registeredOn: '2015-10-04' })).toEqual({
      type: 'MeterRegistered',
      data: { ...stored, registeredOn: '2015-10-04' },
    })
  })

  it('keeps a hash of the code, which is another one for another meter', () => {
    const { data } = register(given(), registration)
    expect(JSON.stringify(data)).not.toContain('code"')
    expect(data).not.toEqual({ ...register(given(), { ...registration, meterId: 'n' }).data, meterId })
  })

  it.each([[[registered]], [[registered, activated]], [[registered, deregistered]]])(
    'refuses a known one',
    (events) => {
      expect(() => register(given(...events), registration)).toThrow(MeterAlreadyRegistered)
    },
  )
})

describe('activate', () => {
  it('activates with the right code and remembers a wrong one', () => {
    const state = given(registered, failed)
    expect(activate(state, { meterId, activationCode: 'code' })).toEqual(activated)
    expect(activate(state, { meterId, activationCode: 'Code' })).toEqual(failed)
    expect(state.failedActivationAttempts).toBe(1)
  })

  it('refuses what is active, gone or unknown, whatever the code', () => {
    for (const activationCode of ['code', 'wrong']) {
      const attempt =
        (...events: MeterEvent[]) =>
        () =>
          activate(given(...events), { meterId, activationCode })
      expect(attempt(registered, activated)).toThrow(MeterAlreadyActive)
      expect(attempt(registered, deregistered)).toThrow(MeterIsDeregistered)
      expect(attempt()).toThrow(MeterNotFound)
    }
  })
})

describe('collectReadings', () => {
  const collect = (readings = day.readings, ...events: MeterEvent[]) =>
    collectReadings(given(...events), { meterId, ...day, readings })

  it('takes readings of an active meter only', () => {
    expect(collect(day.readings, registered, activated)).toEqual([collected])
    expect(() => collect(day.readings, registered)).toThrow(MeterNotActive)
    expect(() => collect(day.readings, registered, activated, deregistered)).toThrow(MeterIsDeregistered)
    expect(() => collect()).toThrow(MeterNotFound)
  })

  it('decides nothing for the same ones again, and refuses others', () => {
    const before = [registered, activated, collected]
    expect(collect(day.readings, ...before)).toEqual([])
    expect(() => collect(day.readings.slice(1), ...before)).toThrow(ReadingsAlreadyCollected)
    const changed = day.readings.map((reading) => ({ ...reading, value: 9 }))
    expect(() => collect(changed, ...before)).toThrow(expect.objectContaining({ date: '2026-11-20', version: 3 }))
  })
})

describe('deregister', () => {
  it('ends a meter once', () => {
    expect(deregister(given(registered), { meterId })).toEqual(deregistered)
    expect(deregister(given(registered, activated), { meterId })).toEqual(deregistered)
    expect(() => deregister(given(registered, deregistered), { meterId })).toThrow(MeterIsDeregistered)
    expect(() => deregister(given(), { meterId })).toThrow(MeterNotFound)
  })
})

describe('the books of a year', () => {
  it('are closed with the state, but without the readings of that year', () => {
    const dated: MeterEvent = { type: 'MeterRegistered', data: { ...stored, registeredOn: '2015-10-04' } }
    for (const events of [[registered], [dated, failed, activated, collected], [dated, activated, deregistered]]) {
      const before = given(...events)
      const opened = meter.periods?.carry(before) as MeterEvent
      expect(given(opened)).toEqual({ ...before, collected: {} })
    }
  })

  it('of a meter that nobody registered cannot be closed', () => {
    expect(() => meter.periods?.carry(meter.initial)).toThrow(TypeError)
  })
})
