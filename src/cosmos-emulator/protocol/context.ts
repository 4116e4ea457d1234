import type { Account } from '../engine/account.ts'
import type { Partition } from '../engine/partition.ts'
import { METADATA } from './charges.ts'
import type { CosmosRequest } from './message.ts'

/** What routes may set on whatever is answered, a success or an error. */
export class Reply {
  readonly headers: Record<string, string> = {}
  /** In request units; a function gets the size of the answer's body, in bytes. */
  charge: number | ((bytes: number) => number) = METADATA
  readonly #lsns = new Map<string, number>()

  /** Says which partition answers, and up to which of its transactions. */
  from(partition: Partition, lsn: number): void {
    this.#lsns.set(partition.id, lsn)
    this.headers['x-ms-session-token'] = [...this.#lsns].map(([id, last]) => `${id}:-1#${last}`).join(',')
    this.headers['x-ms-documentdb-partitionkeyrangeid'] = partition.id
    this.headers.lsn = `${lsn}`
  }
}

/** One request while it is handled. */
export type Context = {
  readonly account: Account
  readonly request: CosmosRequest
  readonly reply: Reply
  /** How many transactions behind its last one a partition is read when no session token asks for more. */
  readonly staleness: (database: string, container: string, partition: string) => number
  /** Whether the account says that it takes writes in several regions. */
  readonly multipleWriteRegions: boolean
}
