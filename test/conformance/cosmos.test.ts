import { cosmosDatabases, isLive, partitionCounts, runsOn } from '../support/cosmos/databases.ts'
import { SOAK_MINUTES } from '../support/killing/targets.ts'
import { runConformance } from '../support/run-conformance.ts'

process.stdout.write(`${runsOn}\n`)

// Each way of appending runs the suite once, over one number of partitions or the other; a soak runs it over all.
const isWhole = isLive || SOAK_MINUTES > 0
for (const [i, append] of (['storedProcedure', 'transactionalBatch'] as const).entries()) {
  const options = { append, pollInterval: 100 }
  for (const partitions of isWhole ? partitionCounts : partitionCounts.slice(1 - i, 2 - i)) {
    const name = `Azure Cosmos DB, append: ${append}, physical partitions: ${partitions}`
    runConformance(name, () => cosmosDatabases(partitions, options))
  }
}
