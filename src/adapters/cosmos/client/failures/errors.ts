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

/** The server refused a request, for a reason that its caller may know: a conflict, a precondition that fails. */
export class Refused extends StorageUnavailable {
  readonly status: number
  readonly substatus: number
  constructor({ status, substatus, cause }: Pick<Failure, 'status' | 'substatus' | 'cause'>) {
    super(`Azure Cosmos DB refused a request with status ${status}${substatus ? `/${substatus}` : ''}`, { cause })
    this.status = status
    this.substatus = substatus
  }
}

/** The answer to a write was lost, so that it may have been done or not: its caller must look. */
export class AnswerLost extends StorageUnavailable {
  constructor({ cause }: Pick<Failure, 'cause'>) {
    super('The answer to a write was lost', { cause })
  }
}

/** The status with which the server refused, or undefined when it did not. */
export const refusalOf = (error: unknown): number | undefined => (error instanceof Refused ? error.status : undefined)

const OWNER_NOT_FOUND = 1003
const PARTITION_FULL = 1014

/** The error that a refusal is for the caller of the port, unless the operation knows better. */
export function refusal(failure: Failure): TidemarkError {
  const { status, substatus, cause } = failure
  if (status === 403 && substatus === PARTITION_FULL) return partitionFull(cause)
  if (status === 401 || status === 403 || status === 0) {
    const what = 'Azure Cosmos DB refused the credentials, or they do not allow this'
    return new StorageAccessDenied(what + serverWords(failure), { cause })
  }
  if (status === 404 && substatus === OWNER_NOT_FOUND) {
    return new StorageNotSetUp('The database or a container is missing', { cause })
  }
  return new Refused(failure)
}

/** A logical partition has reached its 20 GB. */
export const partitionFull = (cause: unknown): StorageFull =>
  new StorageFull('A stream takes more than a logical partition may', { cause })

/** A request that the SDK did not send, because a check of its own refused it. */
export const unsent = ({ cause }: Failure): UnsupportedStorage => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new UnsupportedStorage(`@azure/cosmos refused a request before it was sent: ${reason}`, { cause })
}

/** Answers that are not JSON, again and again. */
export const unreadable = ({ cause }: Failure): StorageUnavailable =>
  new StorageUnavailable(
    'An answer was not JSON: something between here and Azure Cosmos DB answers in its place, or refuses the request',
    { cause },
  )

/** The error after the deadline. */
export function gaveUp(failure: Failure | undefined, deadline: number): TidemarkError {
  const options = { cause: failure?.cause }
  return failure?.kind === 'busy'
    ? new StorageBusy(`Azure Cosmos DB throttled for longer than ${deadline} ms`, options)
    : new StorageUnavailable(`Azure Cosmos DB gave no answer within ${deadline} ms`, options)
}
