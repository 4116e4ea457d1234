import { type BatchOperation, type BatchResult, type ChargeOf, runBatch } from '../../batch/run-batch.ts'
import { operationCharge } from '../../charges/charges.ts'
import type { Container } from '../../engine/container.ts'
import { badRequest } from '../../engine/errors.ts'
import { type PartitionKeyValue, parsePartitionKey, partitionKeyText } from '../../engine/key-space/partition-key.ts'
import type { LogicalPartition } from '../../engine/partitions/transaction.ts'
import { isSet, jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import type { Answer } from '../message.ts'
import { gone, requiredKey, targetOf } from '../target.ts'

/** Runs a transactional batch, or the operations of a bulk request each by itself. */
export function runOperations(context: Context, container: Container): Answer {
  const operations = jsonBody(context.request)
  if (!Array.isArray(operations)) throw badRequest('The operations must be an array.')
  const isAtomic = isSet(context.request, 'x-ms-cosmos-batch-atomic')
  const answer = isAtomic ? runAtomic(context, container, operations) : runBulk(context, container, operations)
  context.reply.charge = answer.body.reduce((sum, { requestCharge }) => sum + requestCharge, 0)
  return answer
}

type Results = Answer & { readonly body: readonly BatchResult[] }

function runAtomic({ request, reply }: Context, container: Container, operations: readonly BatchOperation[]): Results {
  const at = requiredKey(container, request)
  reply.from(at.partition, at.partition.lsn)
  if (!operations.every((operation) => isOf(at, operation))) {
    throw badRequest('An operation of the batch request has another partition key than the batch.')
  }
  const { result } = container.transact(
    at,
    (transaction) => runBatch(operations, transaction, chargeIn(container)),
    ({ status }) => status === 200,
  )
  reply.from(at.partition, at.partition.lsn)
  return { status: result.status, body: withoutBodies(request.headers.prefer, result.results) }
}

/** An operation of a bulk request says its own partition key. One of a batch may, and then it is that of the batch. */
type BulkOperation = BatchOperation & { readonly partitionKey?: string }

/** Whether an operation is for a partition key: it says none, or this one as a value or as the text of the header. */
function isOf({ key }: LogicalPartition, operation: BulkOperation | null): boolean {
  const said: PartitionKeyValue = operation?.partitionKey
  if (said === undefined || partitionKeyText(said) === key) return true
  return typeof said === 'string' && said.startsWith('[') && partitionKeyText(parsePartitionKey(said)) === key
}

function runBulk({ request, reply }: Context, container: Container, operations: readonly BulkOperation[]): Results {
  const target = targetOf(container, request)
  const goesOn = isSet(request, 'x-ms-cosmos-batch-continue-on-error')
  const located = operations.map((operation) => {
    const key: unknown = operation?.partitionKey ?? '[]'
    if (typeof key !== 'string') throw badRequest('A partition key of an operation is no text.')
    const at = container.locate(parsePartitionKey(key))
    if (target !== undefined && target.partition !== at.partition) throw gone(target.partition.id)
    return { operation, at }
  })
  // Before any is run: what is turned away must not be half done.
  for (const { at } of located) reply.from(at.partition, at.partition.lsn)
  let hasFailed = false
  const body = located.map(({ operation, at }) => {
    if (hasFailed && !goesOn) return { statusCode: 424, requestCharge: 0 }
    const { result } = container.transact(
      at,
      (transaction) => runBatch([operation], transaction, chargeIn(container)),
      ({ status }) => status === 200,
    )
    reply.from(at.partition, at.partition.lsn)
    hasFailed ||= result.status !== 200
    return result.results[0] ?? { statusCode: 500, requestCharge: 0 }
  })
  return { status: hasFailed ? 207 : 200, body: withoutBodies(request.headers.prefer, body) }
}

function chargeIn({ indexingPolicy }: Container): ChargeOf {
  return (operation, item) => operationCharge(operation, item, indexingPolicy)
}

function withoutBodies(prefer: string | undefined, results: readonly BatchResult[]): BatchResult[] {
  if (prefer !== 'return=minimal') return [...results]
  return results.map(({ resourceBody, ...rest }) => rest)
}
