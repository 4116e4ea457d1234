import type { Account } from '../engine/account.ts'
import type { Partition } from '../engine/partition.ts'
import type { CosmosRequest } from './message.ts'

/** What routes may set on whatever is answered, a success or an error. */
export class Reply {
  readonly headers: Record<string, string> = {}
  /** In request units. */
  charge = 1

  /** Says which partition answers, and up to which of its transactions. */
  from(partition: Partition, lsn: number): void {
    this.headers['x-ms-session-token'] = `${partition.id}:-1#${lsn}`
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
