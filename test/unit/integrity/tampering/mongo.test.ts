import { describe } from 'vitest'
import { eventCases } from '../../../support/tampering/cases/events.ts'
import { ledgerCases } from '../../../support/tampering/cases/ledger.ts'
import { damageCases, shadowCases } from '../../../support/tampering/cases/shadows.ts'
import { mongoDatabase } from '../../../support/tampering/databases/mongo.ts'
import { runCases } from '../../../support/tampering/run-cases.ts'

describe.each(Object.entries({ events: eventCases, ledger: ledgerCases, shadows: shadowCases, damage: damageCases }))(
  '%s in mongo:',
  (_, cases) => {
    runCases(cases, mongoDatabase, 'mongo')
  },
)
