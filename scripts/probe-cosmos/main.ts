// npm run probe:cosmos -- [url] [--events N] …: asks an account of Azure Cosmos DB, or an emulator, whether it does what
// the adapter assumes, and prints what it finds. Costs about 0.5 M request units and some minutes.

import { parseArgs } from 'node:util'
import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos'
import { EMULATOR_KEY } from '../../src/cosmos-emulator/index.ts'
import { findCredentials } from '../../src/open/cosmos/credentials.ts'
import { parseEmulatorUrl } from '../../src/open/cosmos/parse-url.ts'
import { questions } from './questions/index.ts'
import { runProbe } from './run-probe.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '50000' },
    database: { type: 'string', default: 'tidemark-probe' },
    'most-units': { type: 'string', default: '1000000' },
    'most-minutes': { type: 'string', default: '45' },
    only: { type: 'string' },
  },
})

function numberOf(name: 'events' | 'most-units' | 'most-minutes'): number {
  const number = Number(values[name])
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1`)
  return number
}

async function clientOptions(): Promise<CosmosClientOptions> {
  const url = positionals[0] ?? process.env.COSMOS_ENDPOINT
  if (url === undefined) throw new Error('Give the URL of an account, or set COSMOS_ENDPOINT')
  if (url.startsWith('cosmos-emulator:')) return { endpoint: parseEmulatorUrl(url, 'URL').endpoint, key: EMULATOR_KEY }
  const { protocol, host } = new URL(url)
  const endpoint = `${protocol}//${host}/`
  return { endpoint, ...(await findCredentials(process.env, endpoint)) }
}

const chosen = values.only === undefined ? questions : questions.filter(({ name }) => name.includes(values.only ?? ''))
if (chosen.length === 0) throw new Error(`--only must be a part of: ${questions.map(({ name }) => name).join('; ')}`)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second one ends it at once.
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}; removing what was made`)))
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const options = await clientOptions()
try {
  const { findings, failed, spent } = await runProbe({
    newClient: () => new CosmosClient({ ...options, userAgentSuffix: 'tidemark-probe' }),
    database: values.database,
    size: numberOf('events'),
    mostUnits: numberOf('most-units'),
    mostMinutes: numberOf('most-minutes'),
    questions: chosen,
    say,
    signal: stopping.signal,
  })
  const others = findings.filter(({ agrees }) => agrees === false)
  say(`\n${findings.length} findings, ${Math.round(spent)} RU`)
  for (const { question, what, found } of others) say(`! ${question}: ${what}: ${found}`)
  for (const why of failed) say(`! not asked to its end: ${why}`)
  process.exitCode = stopping.signal.aborted ? 130 : others.length + failed.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}
