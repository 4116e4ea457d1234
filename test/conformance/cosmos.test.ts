import { cosmosDatabases, isLive, partitionCounts, runsOn } from '../support/cosmos/databases.ts'
import { SOAK_MINUTES } from '../support/killing/targets.ts'
import { runConformance } from '../support/run-conformance.ts'

process.stdout.write(`${runsOn}\n`)

// Both ways of appending run the suite on the emulator as strict as can be, over several partitions; here the default
// runs it over one. A soak, and a live account, run all.
const isWhole = isLive || SOAK_MINUTES > 0
const [fewest] = partitionCounts
const runs = (['storedProcedure', 'transactionalBatch'] as const)
  .flatMap((append) => partitionCounts.map((partitions) => ({ append, partitions })))
  .filter(({ append, partitions }) => isWhole || (append === 'transactionalBatch' && partitions === fewest))
for (const { append, partitions } of runs) {
  const name = `Azure Cosmos DB, append: ${append}, physical partitions: ${partitions}`
  runConformance(name, () => cosmosDatabases(partitions, { append, pollInterval: 100 }))
}
