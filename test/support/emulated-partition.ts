import { definitionOf } from '../../src/adapters/cosmos/setup/definitions.ts'
import { Account } from '../../src/cosmos-emulator/engine/account.ts'
import type { Container } from '../../src/cosmos-emulator/engine/container.ts'
import {
  CosmosError,
  type Item,
  type ItemBody,
  type JsonValue,
  type PartitionTransaction,
} from '../../src/cosmos-emulator/engine/types.ts'
import { type ProcedureOptions, runProcedure } from '../../src/cosmos-emulator/procedures/run-procedure.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** What a test may change about the server. Calls are counted from 0. */
export type ServerFaults = {
  /** False makes that call answer false and do nothing. */
  readonly accepts?: (call: number) => boolean
  /** A status makes that call fail with it. */
  readonly fails?: (call: number) => number | undefined
  /** At most this many rows a page, and an empty page before each. */
  readonly pageSize?: number
}

/** No procedure of the tests makes more calls than these. */
const FIRST_CALLS: readonly number[] = Array.from({ length: 1_000 }, (_, call) => call)

/** What one run of a stored procedure did. */
export type Run = { readonly body: JsonValue | undefined; readonly calls: readonly string[] }

/** One logical partition of an emulated container whose partition key is `/stream/id`, without a server around it. */
export class EmulatedPartition {
  readonly container: Container
  readonly #key: string

  constructor(key = 'meter:87000001:2020') {
    const account = new Account({
      clock: manualClock(Date.UTC(2026, 0, 1)),
      seed: 1,
      partitions: () => 1,
      kept: () => 0,
    })
    account.createDatabase({ id: 'store' }, undefined)
    this.container = account.createContainer('store', { ...definitionOf('events', 'events') }, undefined)
    this.#key = key
  }

  /** Its documents, in the order in which they were made. */
  get documents(): readonly Item[] {
    return this.transact((transaction) => [...transaction.items()])
  }

  /** Its documents without what the server added, in the order of their versions. */
  contents(): ItemBody[] {
    const versionOf = (document: Item): number => (document.stream as { version: number }).version
    return this.documents
      .toSorted((a, b) => versionOf(a) - versionOf(b))
      .map(({ _rid, _self, _etag, _attachments, _ts, ...document }) => document as ItemBody)
  }

  /** Puts documents there as they are, as another writer would. */
  seed(documents: readonly ItemBody[]): void {
    this.transact((transaction) => documents.forEach((document) => void transaction.create(document)))
  }

  /** Runs a transaction; nothing of it stays when `run` throws. */
  transact<Result>(run: (transaction: PartitionTransaction) => Result): Result {
    return this.container.transact(this.container.locate(this.#key), run).result
  }

  /** Runs a stored procedure of one argument. */
  execute(procedure: string, request: unknown, faults: ServerFaults = {}): Run {
    return this.executeAll(procedure, [request as JsonValue], faults)
  }

  /** Runs a stored procedure. @throws CosmosError what it ended with, after everything that it wrote was rolled back */
  executeAll(
    procedure: string,
    parameters: readonly JsonValue[],
    faults: ServerFaults = {},
    more: Partial<ProcedureOptions> = {},
  ): Run & { readonly log?: string } {
    const calls: string[] = []
    let isNext = false
    const pageLimit = (): number => {
      isNext = !isNext
      return isNext ? 0 : (faults.pageSize ?? 0)
    }
    const options: ProcedureOptions = {
      selfLink: this.container.self,
      altLink: 'dbs/store/colls/events',
      indexingPolicy: this.container.indexingPolicy,
      refused: FIRST_CALLS.filter((call) => faults.accepts?.(call) === false),
      onCall: (operation) => void calls.push(operation),
      ...(faults.pageSize !== undefined && { pageLimit }),
      ...more,
    }
    const { body, ...rest } = this.transact((transaction) =>
      runProcedure(
        procedure,
        parameters,
        failing(transaction, () => faults.fails?.(calls.length - 1)),
        options,
      ),
    )
    return { body, calls, ...rest }
  }
}

/** A transaction each of whose calls fails when there is a status for it to fail with. */
function failing(transaction: PartitionTransaction, status: () => number | undefined): PartitionTransaction {
  return new Proxy(transaction, {
    get(target, name: keyof PartitionTransaction) {
      const failure = status()
      if (failure !== undefined) throw new CosmosError(failure, 'Failed', `Status ${failure}`)
      return target[name]
    },
  })
}
