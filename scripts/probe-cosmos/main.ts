// npm run probe:cosmos -- [url] [--events N] …: asks an account of Azure Cosmos DB, or an emulator, whether it does what
// the adapter assumes, and prints what it finds. Costs about 0.5 M request units and some minutes.

import { constants } from 'node:os'
import { CosmosClient } from '@azure/cosmos'
import { type Arguments, HELP, readArguments } from './arguments.ts'
import { questions } from './questions/index.ts'
import { runProbe } from './run-probe.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Asks, and tells. @returns the status that the process ends with */
async function probe({ client, ...asked }: Arguments): Promise<number> {
  const stopping = new AbortController()
  let stopped = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second one ends it at once.
    process.once(signal, () => {
      stopped = 128 + constants.signals[signal]
      stopping.abort(new Error(`stopped by ${signal}; removing what was made`))
    })
  }
  const { findings, failed, spent } = await runProbe({
    ...asked,
    newClient: (connectionPolicy) =>
      new CosmosClient({ ...client, userAgentSuffix: 'tidemark-probe', ...(connectionPolicy && { connectionPolicy }) }),
    say,
    signal: stopping.signal,
  })
  const others = findings.filter(({ agrees }) => agrees === false)
  say(`\n${findings.length} findings, ${Math.round(spent)} RU`)
  for (const { question, what, found } of others) say(`! ${question}: ${what}: ${found}`)
  for (const why of failed) say(`! not asked to its end: ${why}`)
  return stopped || (others.length + failed.length > 0 ? 1 : 0)
}

try {
  const asked = await readArguments(process.argv.slice(2), process.env, questions)
  if (asked === undefined) say(HELP)
  else process.exitCode = await probe(asked)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}
