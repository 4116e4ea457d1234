import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { readArguments } from '../../../scripts/probe-cosmos/arguments.ts'
import { questions } from '../../../scripts/probe-cosmos/questions/index.ts'
import { type ProbeOptions, runProbe } from '../../../scripts/probe-cosmos/run-probe.ts'
import {
  cosmosEmulator,
  type EmulatorOptions,
  STRICT,
  startCosmosEmulator,
} from '../../../src/cosmos-emulator/index.ts'

const databasesOf = async (client: CosmosClient): Promise<string[]> =>
  (await client.databases.readAll().fetchAll()).resources.map(({ id }) => id)

function start(emulated: EmulatorOptions = {}) {
  const emulator = cosmosEmulator(emulated)
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const said: string[] = []
  const options: ProbeOptions = {
    newClient: (connectionPolicy) => new CosmosClient({ ...emulator, ...(connectionPolicy && { connectionPolicy }) }),
    database: 'probed',
    size: 300,
    mostUnits: 1_000_000,
    mostMinutes: 5,
    // The last one runs into five seconds again and again.
    questions: questions.slice(0, -1),
    say: (line) => void said.push(line),
    signal: new AbortController().signal,
  }
  return { emulator, client, said, options }
}

// What our emulator does otherwise than is assumed, unless it is strict: ids in URLs, and tokens with regions.
const OTHERWISE = ['ids of documents in URLs']

it.each([
  ['is not strict', {}, OTHERWISE],
  ['is strict', STRICT, []],
] as const)(
  'asks everything of an emulator that %s, tells what it found, and leaves nothing',
  {
    timeout: 240_000,
  },
  async (_, emulated, otherwise) => {
    const { emulator, said, options } = start(emulated)
    const { findings, failed, spent } = await runProbe(options)
    expect(failed).toEqual([])
    expect(new Set(findings.map(({ question }) => question))).toEqual(
      new Set(options.questions.map(({ name }) => name)),
    )
    const others = findings.filter(({ agrees }) => agrees === false).map(({ question }) => question)
    expect([...new Set(others)]).toEqual(otherwise)
    expect(said.filter((line) => line.includes('found:'))).toHaveLength(findings.length)
    expect(spent).toBeGreaterThan(1000)
    // By now, a strict one lists no databases for some minutes.
    expect(() => emulator.partitions('probed', 'events')).toThrow('does not exist')
  },
)

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

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('removes what it made when %s stops it, and ends with %i', { timeout: 120_000 }, async (signal, status) => {
  const emulator = await startCosmosEmulator()
  onTestFinished(emulator.close)
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const child = run(emulator.endpoint, emulator.key, '--events', '200000')
  const ended = once(child, 'exit')
  while (!child.output().includes('writing 200000 events')) await once(child.stdout ?? child, 'data')
  expect(await databasesOf(client)).toEqual(['tidemark-probe'])
  child.kill(signal)
  expect(await ended).toEqual([status, null])
  expect(child.output()).toContain('removed database tidemark-probe')
  expect(child.output()).not.toContain(emulator.key)
  expect(await databasesOf(client)).toEqual([])
})

it('does not begin where its database is there already', { timeout: 120_000 }, async () => {
  const emulator = await startCosmosEmulator()
  onTestFinished(emulator.close)
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  await client.databases.create({ id: 'tidemark-probe' })
  const refused = run(emulator.endpoint, emulator.key)
  expect(await once(refused, 'exit')).toEqual([2, null])
  expect(refused.output()).toContain('exists already')
  expect(await databasesOf(client)).toEqual(['tidemark-probe'])
})

const ACCOUNT = { COSMOS_ENDPOINT: 'https://account.example', COSMOS_KEY: Buffer.alloc(64, 7).toString('base64') }

it.each<[string, readonly string[], Record<string, string>]>([
  ['COSMOS_ENDPOINT: is not set', [], {}],
  ['COSMOS_ENDPOINT: is not set', [], { COSMOS_ENDPOINT: '' }],
  ['COSMOS_ENDPOINT: is no URL', [], { ...ACCOUNT, COSMOS_ENDPOINT: 'account.example' }],
  ['COSMOS_ENDPOINT: is no URL', [], { ...ACCOUNT, COSMOS_ENDPOINT: 'http://account.example' }],
  ['COSMOS_ENDPOINT: is no URL', [], { ...ACCOUNT, COSMOS_ENDPOINT: 'https://me:secret@account.example' }],
  ['COSMOS_KEY: is not base64', [], { ...ACCOUNT, COSMOS_KEY: 'secret!' }],
  ['url: is no URL', ['nowhere'], ACCOUNT],
  ['one URL is enough', ['https://a.example', 'https://b.example'], ACCOUNT],
  ['--events: must be a whole number from 1', ['--events', '0'], ACCOUNT],
  ['--most-units: must be', ['--most-units', 'many'], ACCOUNT],
  ['--most-minutes: must be', ['--most-minutes', '1.5'], ACCOUNT],
  ['--only: must be a part of', ['--only', 'nothing'], ACCOUNT],
  ["Unknown option '--else'", ['--else'], ACCOUNT],
])('names what it cannot use: %s', async (why, args, environment) => {
  const error = await readArguments(args, environment, questions).catch((reason: unknown) => reason)
  expect(String((error as Error).message)).toContain(why)
  expect(String((error as Error).message)).not.toContain('secret')
})

it('takes account, key and bounds', async () => {
  expect(await readArguments(['--help'], {}, questions)).toBeUndefined()
  expect(await readArguments(['--events', '7', '--only', 'ids'], ACCOUNT, questions)).toEqual({
    client: { endpoint: 'https://account.example/', key: ACCOUNT.COSMOS_KEY },
    database: 'tidemark-probe',
    size: 7,
    mostUnits: 1_000_000,
    mostMinutes: 45,
    questions: questions.filter(({ name }) => name.includes('ids')),
  })
  const { client } = (await readArguments(['cosmos-emulator://127.0.0.1:8081'], {}, questions)) ?? {}
  expect(client?.endpoint).toBe('http://127.0.0.1:8081/')
})

it('says so where it cannot remove what it made', async () => {
  const { client, options } = start()
  const isDelete = ({ method }: { readonly method: string }) => method === 'DELETE'
  const { newClient, ...rest } = options
  const stubborn = (): CosmosClient => {
    const emulator = cosmosEmulator({
      faults: (request, response) =>
        response === undefined && isDelete(request) ? { answer: { status: 403 } } : undefined,
    })
    return new CosmosClient(emulator)
  }
  await expect(runProbe({ ...rest, newClient: stubborn, questions: [], size: 10 })).rejects.toThrow(
    'Database probed could not be removed: remove it by hand',
  )
  expect(await databasesOf(client)).toEqual([])
})
