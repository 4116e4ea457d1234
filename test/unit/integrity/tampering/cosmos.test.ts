import { describe } from 'vitest'
import { eventCases } from '../../../support/tampering/cases/events.ts'
import { ledgerCases } from '../../../support/tampering/cases/ledger.ts'
import { cosmosDatabase } from '../../../support/tampering/databases/cosmos.ts'
import { runCases } from '../../../support/tampering/run-cases.ts'

describe.each(Object.entries({ events: eventCases, ledger: ledgerCases }))('%s in cosmos:', (_, cases) => {
  runCases(cases, cosmosDatabase, 'cosmos')
})
