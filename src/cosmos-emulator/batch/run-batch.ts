import { badRequest, notFound, tooLarge } from '../engine/errors.ts'
import { CosmosError, type Item, type ItemBody, type PartitionTransaction, type Precondition } from '../engine/types.ts'
import { type Patch, patchItem } from './patch-item.ts'

/** An operation of a transactional batch, as clients send it. */
export type BatchOperation = Precondition &
  (
    | { readonly operationType: 'Create' | 'Upsert'; readonly resourceBody: ItemBody }
    | { readonly operationType: 'Replace'; readonly id: string; readonly resourceBody: ItemBody }
    | { readonly operationType: 'Read' | 'Delete'; readonly id: string }
    | { readonly operationType: 'Patch'; readonly id: string; readonly resourceBody: Patch }
  )

/** The result of one operation. */
export type BatchResult = {
  readonly statusCode: number
  readonly subStatusCode?: number
  readonly requestCharge: number
  readonly eTag?: string
  readonly resourceBody?: Item
}

/** The result of a batch: 200 if all operations succeeded, otherwise 207, and then nothing of it may be committed. */
export type BatchAnswer = { readonly status: 200 | 207; readonly results: readonly BatchResult[] }

/** The cost of an operation in request units, given the document that it read or wrote. */
export type ChargeOf = (operation: BatchOperation['operationType'], item: Item | undefined) => number

const MOST_OPERATIONS = 100
const MOST_BYTES = 2 * 1024 * 1024

/**
 * Runs the operations of a batch in order, up to the first that fails. That one has its own status and the others 424.
 *
 * @throws CosmosError 400 for no operation, more than 100, or an invalid one; 413 past 2 MB
 */
export function runBatch(
  operations: readonly BatchOperation[],
  transaction: PartitionTransaction,
  chargeOf: ChargeOf,
): BatchAnswer {
  assertWithinLimits(operations)
  const results: BatchResult[] = []
  for (const operation of operations) {
    try {
      results.push(run(operation, transaction, chargeOf))
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error
      return { status: 207, results: failed(operations, results.length, error, chargeOf) }
    }
  }
  return { status: 200, results }
}

function assertWithinLimits(operations: readonly BatchOperation[]): void {
  if (!Array.isArray(operations) || operations.length === 0) throw refused('Batch request has no operations.')
  if (operations.some((operation) => typeof operation !== 'object' || operation === null)) {
    throw refused('An operation of the batch request is not an object.')
  }
  if (operations.length > MOST_OPERATIONS) throw refused('Batch request has more operations than what is supported.')
  if (Buffer.byteLength(JSON.stringify(operations)) > MOST_BYTES) {
    throw tooLarge()
  }
}

function refused(reason: string): CosmosError {
  return badRequest(`Message: ${JSON.stringify({ Errors: [reason] })}`)
}

function run(operation: BatchOperation, transaction: PartitionTransaction, chargeOf: ChargeOf): BatchResult {
  const { operationType } = operation
  const done = (statusCode: number, item: Item): BatchResult => ({
    statusCode,
    requestCharge: chargeOf(operationType, item),
    eTag: item._etag,
    resourceBody: item,
  })
  const precondition: Precondition = {
    ...(operation.ifMatch !== undefined && { ifMatch: operation.ifMatch }),
    ...(operation.ifNoneMatch !== undefined && { ifNoneMatch: operation.ifNoneMatch }),
  }
  switch (operationType) {
    case 'Create':
      return done(201, transaction.create(operation.resourceBody))
    case 'Upsert': {
      const isNew = transaction.get(operation.resourceBody?.id) === undefined
      return done(isNew ? 201 : 200, transaction.upsert(operation.resourceBody, precondition))
    }
    case 'Replace':
      return done(200, transaction.replace(operation.id, operation.resourceBody, precondition))
    case 'Patch':
      return done(200, patchItem(transaction, operation.id, operation.resourceBody, precondition))
    case 'Delete':
      transaction.remove(operation.id, precondition)
      return { statusCode: 204, requestCharge: chargeOf(operationType, undefined) }
    case 'Read': {
      const item = transaction.get(operation.id)
      if (item === undefined) throw notFound()
      if (precondition.ifNoneMatch !== item._etag) return done(200, item)
      return { statusCode: 304, requestCharge: chargeOf(operationType, undefined), eTag: item._etag }
    }
    default:
      throw badRequest(`The operation type ${String(operationType)} is not supported.`)
  }
}

function failed(
  operations: readonly BatchOperation[],
  index: number,
  error: CosmosError,
  chargeOf: ChargeOf,
): BatchResult[] {
  return operations.map(({ operationType }, i) => {
    if (i !== index) return { statusCode: 424, requestCharge: 0 }
    const substatus = error.substatus === undefined ? {} : { subStatusCode: error.substatus }
    return { statusCode: error.status, ...substatus, requestCharge: chargeOf(operationType, undefined) }
  })
}
