import { cosmosDatabases, partitionCounts, runsOn } from '../support/cosmos/databases.ts'
import { runConformance } from '../support/run-conformance.ts'

process.stdout.write(`${runsOn}\n`)

for (const append of ['storedProcedure', 'transactionalBatch'] as const) {
  for (const partitions of partitionCounts) {
    const name = `Azure Cosmos DB, append: ${append}, physical partitions: ${partitions}`
    runConformance(name, () => cosmosDatabases(partitions, { append, pollInterval: 100 }))
  }
}
