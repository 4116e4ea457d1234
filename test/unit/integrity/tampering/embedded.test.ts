import { describe } from 'vitest'
import { eventCases } from '../../../support/tampering/cases/events.ts'
import { ledgerCases } from '../../../support/tampering/cases/ledger.ts'
import { damageCases, shadowCases } from '../../../support/tampering/cases/shadows.ts'
import { embeddedDatabase } from '../../../support/tampering/databases/embedded.ts'
import { runCases } from '../../../support/tampering/run-cases.ts'

describe.each(Object.entries({ events: eventCases, ledger: ledgerCases, shadows: shadowCases, damage: damageCases }))(
  '%s in embedded:',
  (_, cases) => {
    runCases(cases, embeddedDatabase, 'embedded')
  },
)
