import type { TamperingCases } from './cases/case.ts'
import { eventCases } from './cases/events.ts'
import { ledgerCases } from './cases/ledger.ts'
import { damageCases, shadowCases } from './cases/shadows.ts'

/** All ways to tamper with a sealed log, by their names. */
export const allCases: TamperingCases = { ...eventCases, ...ledgerCases, ...shadowCases, ...damageCases }
