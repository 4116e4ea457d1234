import { randomInt } from 'node:crypto'
import type { AppendMode } from '../../../src/adapters/cosmos/index.ts'
import { STRICT } from '../../../src/cosmos-emulator/index.ts'
import { runConformance } from '../run-conformance.ts'
import { cosmosDatabases, isLive } from './databases.ts'
import { inOneSession } from './one-session.ts'

const given = process.env.TIDEMARK_SEED

// How events are appended makes no difference to what is stored about views and workers, which the default run tests.
const isAboutEvents = (group: string): boolean => !/^(view|views|removed views|leases|snapshots)\b/.test(group)

/**
 * Runs the suite on our emulator as strict as it can be, all options at once, with replicas that are always two
 * transactions behind: only what a session token demands is there.
 *
 * Off are `multipleWriteRegions`, as such an account is refused at opening, and `faults`, after which only what nobody
 * can promise would be asked: `test/e2e/cosmos-faults` is about them. `maxPartitionBytes` is the service's by default.
 */
export function runStrict(append: AppendMode): void {
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given)
  if (!isLive)
    process.stdout.write(`Azure Cosmos DB as strict as can be: TIDEMARK_SEED=${seed} ends the same pages early\n`)
  const options = { append, pollInterval: 100 }
  const strict = { ...STRICT, seed }
  runConformance(
    `Azure Cosmos DB as strict as can be, append: ${append}, stale replicas`,
    () => inOneSession(cosmosDatabases(3, options, { ...strict, staleReads: 2 })),
    { skip: isLive, ...(append === 'storedProcedure' && { only: isAboutEvents }) },
  )
  // The end of a log cannot be lost to handles that share a session, which stale replicas need.
  runConformance(`Azure Cosmos DB as strict as can be, append: ${append}`, () => cosmosDatabases(3, options, strict), {
    skip: isLive,
    only: (group) => group === 'log identity',
  })
}
