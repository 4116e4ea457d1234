import { METADATA } from '../charges/charges.ts'
import type { PageLimit } from '../early-ends.ts'
import type { Account } from '../engine/account.ts'
import type { Partition } from '../engine/partitions/partition.ts'
import type { ThroughputLimit } from './limits/throughput.ts'
import type { CosmosRequest } from './message.ts'

/** What routes may set on whatever is answered, a success or an error. */
export class Reply {
  readonly headers: Record<string, string> = {}
  /** In request units; a function gets the size of the answer's body, in bytes. */
  charge: number | ((bytes: number) => number) = METADATA
  readonly #lsns = new Map<Partition, number>()
  readonly #settings: Pick<Settings, 'sessionTokens' | 'throughput'>

  constructor(settings: Pick<Settings, 'sessionTokens' | 'throughput'>) {
    this.#settings = settings
  }

  /**
   * Says which partition answers, and up to which of its transactions.
   *
   * @throws CosmosError 429 while the partition has spent more than it may
   */
  from(partition: Partition, lsn: number): void {
    if (!this.#lsns.has(partition)) this.#settings.throughput.admit(partition)
    this.#lsns.set(partition, lsn)
    const token = this.#settings.sessionTokens === 'vector' ? vectorToken : simpleToken
    this.headers['x-ms-session-token'] = Array.from(this.#lsns, ([{ id }, last]) => `${id}:${token(last)}`).join(',')
    this.headers['x-ms-documentdb-partitionkeyrangeid'] = partition.id
    this.headers.lsn = `${lsn}`
  }

  /** What is answered takes this much of the throughput, in even parts, of the partitions that answered. */
  spend(charge: number): void {
    for (const partition of this.#lsns.keys()) this.#settings.throughput.spend(partition, charge / this.#lsns.size)
  }
}

const simpleToken = (lsn: number): string => `-1#${lsn}`

/** Of an account with a region 3 that takes writes and a region 10 of which nothing is known. */
const vectorToken = (lsn: number): string => `0#${lsn}#3=${lsn}#10=-1`

/** How stored procedures are limited; see `ScriptOptions`. */
export type ScriptSettings = {
  readonly timeLimit: number
  readonly timeoutsAllowed: number
  readonly requestUnits: number
  readonly maxArgumentBytes: number
  readonly queriesSeeOwnWrites: boolean
}

/** What all requests of an account share. */
export type Settings = {
  readonly account: Account
  /** How many transactions behind its last one a partition is read when no session token asks for more. */
  readonly staleness: (database: string, container: string, partition: string) => number
  /** Decides where pages end early. */
  readonly pageLimit: PageLimit
  /** Whether the account says that it takes writes in several regions. */
  readonly multipleWriteRegions: boolean
  readonly sessionTokens: 'simple' | 'vector'
  readonly throughput: ThroughputLimit
  readonly scripts: ScriptSettings
}

/** One request while it is handled. */
export type Context = Settings & {
  readonly request: CosmosRequest
  readonly reply: Reply
  /** The calls of a stored procedure, counted from 0, that are refused whatever it has spent. */
  readonly refusedCalls: readonly number[]
}
