import type { Repository } from '../../aggregates/repository.ts'
import { uuidOf } from '../../core/append/uuid.ts'
import type { EventTypesOf } from '../../core/events/types.ts'
import { yearOf } from '../domain/calendar.ts'
import { activate } from '../domain/meters/activation/activate.ts'
import { hashActivationCode } from '../domain/meters/activation/activation-code.ts'
import { collectReadings } from '../domain/meters/collect-readings.ts'
import type { meterEvents } from '../domain/meters/events.ts'
import type { MeterState } from '../domain/meters/meter.ts'
import { type DayOfReadings, digestOf } from '../domain/meters/readings.ts'
import { register } from '../domain/meters/register.ts'

/** The meters that are written to. */
export type Meters = Repository<MeterState, EventTypesOf<typeof meterEvents>>

/** The result of writing a day, and the number of its events, including those of a registration. */
export type Written = { readonly outcome: 'added' | 'repeated'; readonly events: number }

/** What a file of readings does not contain about a meter. */
const UNKNOWN = 'unknown'

/**
 * Writes the days of one meter, in order. An unknown meter is registered and activated first, on its first day. A day
 * of an earlier year than the open one is a repeat if that year has the same readings.
 *
 * Every command's id is derived from its content, so that a second importer at the same time adds nothing twice.
 *
 * @throws what the domain and the storage throw
 */
export function meterWriter(meters: Meters, meterId: string): (day: DayOfReadings) => Promise<Written> {
  let admitted = false
  let year: string | undefined
  let collected: { readonly [date: string]: { readonly digest: string } } = {}
  return async (day) => {
    const events = admitted ? 0 : await admit(meters, meterId, day.date)
    admitted = true
    const period = yearOf(day.date)
    if (period !== year) {
      const { state } = await meters.load(meterId, { period })
      collected = state.collected
      year = period
    }
    const digest = digestOf(day.readings)
    if (collected[day.date]?.digest === digest) return { outcome: 'repeated', events }
    const commandId = uuidOf('import', meterId, day.date, digest)
    const result = await meters.execute(meterId, (state) => collectReadings(state, { meterId, ...day }), {
      commandId,
      period,
    })
    const repeated = result.duplicate || result.events.length === 0
    return repeated ? { outcome: 'repeated', events } : { outcome: 'added', events: events + result.events.length }
  }
}

/** Registers and activates an unknown meter; one that another program registered is left for that to activate. */
async function admit(meters: Meters, meterId: string, registeredOn: string): Promise<number> {
  const { state } = await meters.load(meterId)
  const activationCode = uuidOf('import', meterId, 'activation')
  const period = yearOf(registeredOn)
  let events = 0
  if (state.status === 'unknown') {
    const registration = { meterId, postalCode: UNKNOWN, houseNumber: UNKNOWN, activationCode, registeredOn }
    const commandId = uuidOf('import', meterId, 'register')
    const result = await meters.execute(meterId, (state) => register(state, registration), { commandId, period })
    events += result.duplicate ? 0 : result.events.length
  }
  if (
    state.status === 'unknown' ||
    (state.status === 'registered' && state.activationCodeHash === hashActivationCode(meterId, activationCode))
  ) {
    const commandId = uuidOf('import', meterId, 'activate')
    const result = await meters.execute(meterId, (state) => activate(state, { meterId, activationCode }), {
      commandId,
      period,
    })
    events += result.duplicate ? 0 : result.events.length
  }
  return events
}
