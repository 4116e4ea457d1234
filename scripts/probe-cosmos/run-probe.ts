import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionPolicy, CosmosClient } from '@azure/cosmos'
import { setUpCosmos } from '../../src/adapters/cosmos/index.ts'
import { BudgetUsedUp, beginBudget } from './budget.ts'
import { fill } from './fill.ts'
import { type Finding, type Probe, type Question, statusOf } from './probe.ts'

export type ProbeOptions = {
  readonly newClient: (policy?: ConnectionPolicy) => CosmosClient
  /** The name of the database that is created, and removed at the end. */
  readonly database: string
  /** Events of the long stream. */
  readonly size: number
  readonly mostUnits: number
  readonly mostMinutes: number
  readonly questions: readonly Question[]
  readonly say: (line: string) => void
  /** Ends the probe; what it made is removed. */
  readonly signal: AbortSignal
}

/** What came of a probe. */
export type ProbeReport = {
  readonly findings: readonly (Finding & { readonly question: string })[]
  /** Questions that could not be asked to their end, and why. */
  readonly failed: readonly string[]
  readonly spent: number
}

const THROUGHPUT = 4000

/**
 * Asks an account the questions, in a database that it creates and removes.
 *
 * @throws when the database exists already: then nothing is touched
 */
export async function runProbe(options: ProbeOptions): Promise<ProbeReport> {
  const { newClient, database: id, questions, say } = options
  const clients: CosmosClient[] = []
  const open = (policy?: ConnectionPolicy) => {
    const client = newClient(policy)
    clients.push(client)
    return client
  }
  const client = open()
  await createDatabase(client, id)
  say(`created database ${id}`)
  const budget = beginBudget(options.mostUnits, options.mostMinutes, options.signal)
  const findings: (Finding & { question: string })[] = []
  const failed: string[] = []
  try {
    await setUpCosmos(client, { database: id, onRequestCharge: ({ charge }) => budget.spend(charge) })
    const database = client.database(id)
    const [events, views, leases] = ['events', 'views', 'leases'].map((name) => database.container(name))
    if (!events || !views || !leases) throw new RangeError('three containers')
    const { size } = options
    say(`writing ${size} events`)
    await fill(events, size, budget, say)
    const probe: Probe = { client, database, events, views, leases, size, budget, newClient: open }
    for (const question of questions) {
      await ask(question, probe, (finding) => {
        findings.push({ ...finding, question: question.name })
        tell(finding, say)
      })
    }
  } catch (error) {
    if (!(error instanceof BudgetUsedUp) && !options.signal.aborted) throw error
    failed.push(String((error as Error).message ?? error))
  } finally {
    await removeDatabase(client, id, say)
    for (const one of clients) one.dispose()
  }
  return { findings, failed, spent: budget.spent }

  async function ask(question: Question, probe: Probe, told: (finding: Finding) => void): Promise<void> {
    say(`\n${question.name}`)
    budget.check()
    try {
      for await (const finding of question.ask(probe)) told(finding)
    } catch (error) {
      if (error instanceof BudgetUsedUp || options.signal.aborted) throw error
      const why = `${question.name}: ${statusOf(error)} ${String((error as Error).message ?? '').split('\n')[0]}`
      failed.push(why)
      say(`  could not be asked to its end: ${why}`)
    }
  }
}

async function createDatabase(client: CosmosClient, id: string): Promise<void> {
  const create = (throughput: object) => client.databases.create({ id, ...throughput })
  try {
    // A serverless account takes no throughput.
    await create({ maxThroughput: THROUGHPUT }).catch((error) => {
      if (statusOf(error).startsWith('400')) return create({})
      throw error
    })
  } catch (error) {
    if (!statusOf(error).startsWith('409')) throw error
    throw new Error(
      `Database ${id} exists already, and was not made by this probe: choose another name with --database`,
      {
        cause: error,
      },
    )
  }
}

const MOST_REMOVALS = 5
const BETWEEN_REMOVALS_MS = 1_000

/** Removes the database, which may take some attempts where the account is throttled by what was asked. */
async function removeDatabase(client: CosmosClient, id: string, say: (line: string) => void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.database(id).delete()
      return say(`removed database ${id}`)
    } catch (cause) {
      if (statusOf(cause).startsWith('404')) return
      if (attempt === MOST_REMOVALS)
        throw new Error(`Database ${id} could not be removed: remove it by hand`, { cause })
      await sleep(BETWEEN_REMOVALS_MS)
    }
  }
}

function tell({ what, assumed, found, agrees }: Finding, say: (line: string) => void): void {
  const mark = agrees === undefined ? '  ' : agrees ? '= ' : '! '
  say(`${mark}${what}`)
  say(`    found:   ${found}`)
  say(`    assumed: ${assumed}`)
}
