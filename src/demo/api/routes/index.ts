import { getHealth } from '../../server/health/get-health.ts'
import { getReady } from '../../server/health/get-ready.ts'
import type { Route } from '../api.ts'
import { activateMeter } from './activate-meter.ts'
import { closeYear } from './close-year.ts'
import { collectReadings } from './collect-readings.ts'
import { customerRoutes } from './customers/index.ts'
import { deregisterMeter } from './deregister-meter.ts'
import { getDailyTotals } from './get-daily-totals.ts'
import { getMeter } from './get-meter.ts'
import { getRoot } from './get-root.ts'
import { getTotalActivatedMeters } from './get-total-activated-meters.ts'
import { listMeterEvents } from './list-meter-events.ts'
import { listMeters } from './list-meters.ts'
import { registerMeter } from './register-meter.ts'
import { watchMeter } from './watch-meter.ts'

/** All routes, in the order of the documentation. */
export const routes: readonly Route[] = [
  registerMeter,
  activateMeter,
  collectReadings,
  closeYear,
  deregisterMeter,
  getMeter,
  watchMeter,
  listMeterEvents,
  listMeters,
  getDailyTotals,
  getTotalActivatedMeters,
  ...customerRoutes,
  getHealth,
  getReady,
  getRoot,
]
