import { cosmosDatabases, isLive, partitionCounts, runsOn } from '../support/cosmos/databases.ts'
import { inOneSession } from '../support/cosmos/one-session.ts'
import { runConformance } from '../support/run-conformance.ts'

process.stdout.write(`${runsOn}\n`)

for (const append of ['storedProcedure', 'transactionalBatch'] as const) {
  const options = { append, pollInterval: 100 }
  for (const partitions of partitionCounts) {
    const name = `Azure Cosmos DB, append: ${append}, physical partitions: ${partitions}`
    runConformance(name, () => cosmosDatabases(partitions, options))
  }
  if (isLive) continue
  // Replicas that are always two transactions behind: only what a session token demands is there.
  const stale = () => inOneSession(cosmosDatabases(2, options, { staleReads: 2 }))
  runConformance(`Azure Cosmos DB, append: ${append}, stale replicas`, stale)
}
