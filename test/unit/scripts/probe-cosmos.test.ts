import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { questions } from '../../../scripts/probe-cosmos/questions/index.ts'
import { type ProbeOptions, runProbe } from '../../../scripts/probe-cosmos/run-probe.ts'
import { cosmosEmulator, startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'

const databasesOf = async (client: CosmosClient): Promise<string[]> =>
  (await client.databases.readAll().fetchAll()).resources.map(({ id }) => id)

function start() {
  const emulator = cosmosEmulator()
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const said: string[] = []
  const options: ProbeOptions = {
    newClient: () => new CosmosClient(emulator),
    database: 'probed',
    size: 300,
    mostUnits: 1_000_000,
    mostMinutes: 5,
    // The last one runs into five seconds again and again.
    questions: questions.slice(0, -1),
    say: (line) => void said.push(line),
    signal: new AbortController().signal,
  }
  return { client, said, options }
}

it('asks everything, tells what was found next to what was assumed, and leaves nothing', {
  timeout: 120_000,
}, async () => {
  const { client, said, options } = start()
  const { findings, failed, spent } = await runProbe(options)
  expect(failed).toEqual([])
  expect(new Set(findings.map(({ question }) => question))).toEqual(new Set(options.questions.map(({ name }) => name)))
  // What is known to be otherwise in our emulator is a matter of ids and of tokens with regions.
  const others = findings.filter(({ agrees }) => agrees === false).map(({ question }) => question)
  expect(others.filter((name) => !['ids of documents in URLs', 'session tokens and replicas'].includes(name))).toEqual(
    [],
  )
  expect(said.filter((line) => line.includes('found:'))).toHaveLength(findings.length)
  expect(spent).toBeGreaterThan(1000)
  expect(await databasesOf(client)).toEqual([])
})

it('touches no database that is there already', async () => {
  const { client, options } = start()
  const { database } = await client.databases.create({ id: 'probed' })
  await database.containers.create({ id: 'mine', partitionKey: '/id' })
  await expect(runProbe(options)).rejects.toThrow('Database probed exists already')
  expect((await database.containers.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['mine'])
})

it('ends when its units or its time are used up, and cleans up', async () => {
  const { client, options } = start()
  for (const bound of [{ mostUnits: 500 }, { mostMinutes: 0 }]) {
    const { failed, findings } = await runProbe({ ...options, ...bound })
    expect([failed.length, findings.length]).toEqual([1, 0])
    expect(await databasesOf(client)).toEqual([])
  }
})

it('goes on with the other questions when one cannot be asked', async () => {
  const { client, options } = start()
  const broken = {
    name: 'broken',
    // biome-ignore lint/correctness/useYield: it fails before it finds anything
    async *ask() {
      throw new RangeError('no answer')
    },
  }
  const report = await runProbe({ ...options, size: 50, questions: [broken, ...questions.slice(0, 1)] })
  expect(report.failed).toEqual([expect.stringContaining('broken')])
  expect(report.findings.length).toBeGreaterThan(5)
  expect(await databasesOf(client)).toEqual([])
})

/** Runs the script, as `npm run probe:cosmos` does. */
function run(endpoint: string, key: string, ...args: string[]): ChildProcess & { output(): string } {
  const script = new URL('../../../scripts/probe-cosmos/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, COSMOS_ENDPOINT: endpoint, COSMOS_KEY: key },
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => void output.push(String(text)))
  return Object.assign(child, { output: () => output.join('') })
}

it('is run with the endpoint and the key of an account, and removes what it made when it is stopped', async () => {
  const emulator = await startCosmosEmulator()
  onTestFinished(emulator.close)
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const child = run(emulator.endpoint, emulator.key, '--events', '200000')
  const ended = once(child, 'exit')
  while (!child.output().includes('writing 200000 events')) await once(child.stdout ?? child, 'data')
  expect(await databasesOf(client)).toEqual(['tidemark-probe'])
  child.kill('SIGINT')
  expect(await ended).toEqual([130, null])
  expect(child.output()).toContain('removed database tidemark-probe')
  expect(child.output()).not.toContain(emulator.key)
  expect(await databasesOf(client)).toEqual([])

  await client.databases.create({ id: 'tidemark-probe' })
  const refused = run(emulator.endpoint, emulator.key)
  expect(await once(refused, 'exit')).toEqual([2, null])
  expect(refused.output()).toContain('exists already')
  expect(await databasesOf(client)).toEqual(['tidemark-probe'])
})
