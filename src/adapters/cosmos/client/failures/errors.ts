import type { TidemarkError } from '../../../../core/errors/base.ts'
import {
  StorageAccessDenied,
  StorageBusy,
  StorageFull,
  StorageNotSetUp,
  StorageUnavailable,
  UnsupportedStorage,
} from '../../../../core/errors/storage.ts'
import type { Failure } from './failure.ts'
import { serverWords } from './server-words.ts'

/** The server refused a request for a reason that the caller may handle: a conflict, a failed precondition. */
export class Refused extends StorageUnavailable {
  readonly status: number
  readonly substatus: number
  constructor({ status, substatus, cause }: Pick<Failure, 'status' | 'substatus' | 'cause'>) {
    super(`Azure Cosmos DB refused a request with status ${status}${substatus ? `/${substatus}` : ''}`, { cause })
    this.status = status
    this.substatus = substatus
  }
}

/** The response to a write was lost, so it may or may not have been done: the caller must find out. */
export class AnswerLost extends StorageUnavailable {
  constructor({ cause }: Pick<Failure, 'cause'>) {
    super('The response to a write was lost', { cause })
  }
}

/** The status with which the server refused, or undefined if it did not. */
export const refusalOf = (error: unknown): number | undefined => (error instanceof Refused ? error.status : undefined)

const OWNER_NOT_FOUND = 1003
const PARTITION_FULL = 1014

/** The error that a refusal is for the caller of the port, unless the operation handles it. */
export function refusal(failure: Failure): TidemarkError {
  const { status, substatus, cause } = failure
  if (status === 403 && substatus === PARTITION_FULL) return partitionFull(cause)
  if (status === 401 || status === 403 || status === 0) {
    const what = 'Azure Cosmos DB refused the credentials, or they lack a permission'
    return new StorageAccessDenied(what + serverWords(failure), { cause })
  }
  if (status === 404 && substatus === OWNER_NOT_FOUND) {
    return new StorageNotSetUp('The database or a container is missing', { cause })
  }
  return new Refused(failure)
}

/** A logical partition has reached its 20 GB. */
export const partitionFull = (cause: unknown): StorageFull =>
  new StorageFull('A stream exceeds the maximum size of a logical partition', { cause })

/** A request that the SDK did not send, because its own check refused it. */
export const unsent = ({ cause }: Failure): UnsupportedStorage => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new UnsupportedStorage(`@azure/cosmos refused a request before sending it: ${reason}`, { cause })
}

/** Repeated responses that are not JSON. */
export const unreadable = ({ cause }: Failure): StorageUnavailable =>
  new StorageUnavailable(
    'A response was not JSON: a proxy responds instead of Azure Cosmos DB, or refuses the request',
    { cause },
  )

/** The error after the deadline. */
export function gaveUp(failure: Failure | undefined, deadline: number): TidemarkError {
  const options = { cause: failure?.cause }
  return failure?.kind === 'busy'
    ? new StorageBusy(
        `Azure Cosmos DB throttled for longer than ${deadline} ms; retry later, or raise the throughput`,
        options,
      )
    : new StorageUnavailable(`Azure Cosmos DB did not respond within ${deadline} ms`, options)
}
