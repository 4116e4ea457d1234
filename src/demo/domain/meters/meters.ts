import { repository } from '../../../aggregates/repository.ts'
import { type Clock, systemClock } from '../../../core/clock.ts'
import { PeriodClosed } from '../../../core/errors/append.ts'
import { PersonForgotten } from '../../../core/errors/privacy.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { noTelemetry, type Telemetry } from '../../../core/telemetry/telemetry.ts'
import { dateOf, latestDateAt, yearAfter, yearOf } from '../calendar.ts'
import { type CommandOptions, type ConditionalOptions, type Write, written } from '../command.ts'
import { type Customers, openCustomers } from '../customers/customers.ts'
import {
  CustomerNotFound,
  DateInFuture,
  MeterAlreadyRegistered,
  MeterIsDeregistered,
  MeterNotFound,
  UnknownCustomer,
  WrongActivationCode,
  YearNotOpen,
} from '../errors.ts'
import { type Activation, activate } from './activation/activate.ts'
import { expireActivation, remindOfActivation } from './activation/overdue-activation.ts'
import { type Collection, collectReadings } from './collect-readings.ts'
import { deregister } from './deregister.ts'
import { type MeterState, meter } from './meter.ts'
import { type Registration, register } from './register.ts'

/** The result of a command on a meter, in the stream of the year that the command belongs to. */
export type MeterWrite = Write & { readonly meterId: string }

/** The current or a former state of a meter. */
export type FoundMeter = {
  readonly state: MeterState
  /** The year that is, or was, open. */
  readonly year: string
  readonly streamId: string
  readonly version: number
}

/**
 * The meters, with each command in the year of its date:
 *
 * - A registration belongs to its `registeredOn`, otherwise to today.
 * - An activation belongs to the given day, otherwise to the day given at its registration, otherwise to today. If only
 *   the registration's day is known and its year is closed, it belongs to the open year.
 * - Readings belong to their date. Those of a later year close the books of the previous year.
 * - What follows from a meter's not being activated belongs to the open year.
 * - A deregistration belongs to today.
 *
 * Today is the UTC day, but a day that has begun anywhere on Earth is not in the future. A command dated today never
 * belongs to a year before the open one, which may be the next one if this year's books were closed early.
 *
 * With an `expectedVersion`, a command throws WrongExpectedVersion if the open year has another version.
 */
export type Meters = {
  /** @throws MeterAlreadyRegistered, DateInFuture; for a meter of a customer UnknownCustomer, CustomerForgotten */
  register(registration: Registration, options?: CommandOptions): Promise<MeterWrite>
  /** @throws WrongActivationCode (after recording the attempt), and as `activate` does; PeriodClosed, DateInFuture */
  activate(
    activation: Activation & { readonly registeredOn?: string | undefined },
    options?: CommandOptions & ConditionalOptions,
  ): Promise<MeterWrite>
  /**
   * The same readings again return the version of the first. @throws as `collectReadings`; PeriodClosed, DateInFuture
   */
  collect(collection: Collection, options?: CommandOptions & ConditionalOptions): Promise<MeterWrite>
  /** Closes the books of the open year. @throws MeterNotFound, MeterIsDeregistered, PeriodClosed, YearNotOpen, DateInFuture */
  closeYear(meterId: string, year: string, options?: CommandOptions): Promise<MeterWrite>
  /**
   * Records that the customer is reminded of the activation, unless that is no longer due.
   *
   * @returns also whether the meter can still be activated
   */
  remindOfActivation(meterId: string, options?: CommandOptions): Promise<MeterWrite & { readonly waits: boolean }>
  /** Ends the time in which the meter can be activated, unless it was activated before. */
  expireActivation(meterId: string, options?: CommandOptions): Promise<MeterWrite>
  /** @throws as `deregister` does */
  deregister(meterId: string, options?: CommandOptions & ConditionalOptions): Promise<MeterWrite>
  /** Folds the meter's events, so it shows every acknowledged write. @throws MeterNotFound also before it was registered */
  find(meterId: string, asOf?: Date): Promise<FoundMeter>
}

/** The meters of a storage. */
export function openMeters(
  storage: StoragePort,
  {
    clock = systemClock,
    telemetry = noTelemetry,
    customers = openCustomers(storage, { clock, telemetry }),
  }: { readonly clock?: Clock; readonly telemetry?: Telemetry; readonly customers?: Customers } = {},
): Meters {
  const meters = repository(storage, meter, { clock, telemetry })
  const thisYear = () => yearOf(dateOf(clock.now()))
  const assertNotInFuture = (field: string, date: string | undefined) => {
    const latest = latestDateAt(clock.now())
    if (date !== undefined && date > latest) throw new DateInFuture(field, date, latest)
  }

  const find: Meters['find'] = async (meterId, asOf) => {
    const { state, streamId, version, exists, period } = await meters.load(
      meterId,
      asOf ? { asOf: { time: asOf } } : {},
    )
    if (!exists || period === undefined) throw new MeterNotFound(meterId)
    return { state, streamId, version, year: period }
  }

  return {
    find,

    async register(registration, options) {
      const { meterId, customerId, registeredOn } = registration
      assertNotInFuture('registeredOn', registeredOn)
      if (customerId !== undefined) await assertCustomer(customers, customerId)
      const period = registeredOn === undefined ? thisYear() : yearOf(registeredOn)
      try {
        const done = await meters.execute(meterId, (state) => register(state, registration), { ...options, period })
        return { meterId, ...written(done) }
      } catch (error) {
        // Its years continued, so it exists.
        throw error instanceof PeriodClosed ? new MeterAlreadyRegistered(meterId) : error
      }
    },

    async activate({ registeredOn, ...activation }, options) {
      const { meterId } = activation
      assertNotInFuture('registeredOn', registeredOn)
      const { state, year } = await find(meterId)
      const today = state.registeredOn === null ? later(year, thisYear()) : year
      const period = registeredOn === undefined ? today : yearOf(registeredOn)
      const done = await withoutForgotten(() =>
        meters.execute(meterId, (state) => activate(state, activation), { ...options, period }),
      )
      if (done.events.some(({ type }) => type === 'MeterActivationFailed')) {
        throw new WrongActivationCode(meterId, done.position)
      }
      return { meterId, ...written(done) }
    },

    async collect(collection, options) {
      const { meterId, date } = collection
      assertNotInFuture('date', date)
      const period = yearOf(date)
      const done = await withoutForgotten(() =>
        meters.execute(meterId, (state) => collectReadings(state, collection), { ...options, period }),
      )
      const first = done.state.collected[date]
      if (done.events.length > 0 || first === undefined) return { meterId, ...written(done) }
      return { meterId, ...written(done), version: first.version, duplicate: true }
    },

    async closeYear(meterId, year, options) {
      assertNotInFuture('year', `${year}-01-01`)
      const open = await find(meterId)
      if (year > open.year) throw new YearNotOpen(meterId, year, open.year)
      // An earlier year was continued: closing it may be a repeat; otherwise the repository reports that it is closed.
      if (year === open.year && open.state.status === 'deregistered') throw new MeterIsDeregistered(meterId)
      const closing = { ...options, period: year, successor: yearAfter(year) }
      return { meterId, ...written(await withoutForgotten(() => meters.close(meterId, closing))) }
    },

    async remindOfActivation(meterId, options) {
      const done = await withoutForgotten(() => meters.execute(meterId, remindOfActivation, options))
      return { meterId, ...written(done), waits: done.state.status === 'registered' }
    },

    async expireActivation(meterId, options) {
      const done = await withoutForgotten(() => meters.execute(meterId, expireActivation, options))
      return { meterId, ...written(done) }
    },

    async deregister(meterId, options) {
      const period = later((await find(meterId)).year, thisYear())
      const done = await withoutForgotten(() =>
        meters.execute(meterId, (state) => deregister(state, { meterId }), { ...options, period }),
      )
      return { meterId, ...written(done) }
    },
  }
}

const later = (a: string, b: string): string => (a > b ? a : b)

async function assertCustomer(customers: Customers, customerId: string): Promise<void> {
  try {
    await customers.assertKnown(customerId)
  } catch (error) {
    throw error instanceof CustomerNotFound ? new UnknownCustomer(customerId) : error
  }
}

/**
 * Runs a command again if it would have carried the address of a customer into another year whom another process forgot
 * after the meter was loaded: loaded anew, it has no address left.
 */
async function withoutForgotten<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command()
  } catch (error) {
    if (!(error instanceof PersonForgotten)) throw error
    return command()
  }
}
