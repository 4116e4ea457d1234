import { notFound, preconditionFailed } from '../engine/errors.ts'
import type { Item, PartitionTransaction, Precondition } from '../engine/types.ts'
import { runQuery } from '../query/run-query.ts'
import { applyPatch, type PatchOperation } from './apply-patch.ts'
import { invalid } from './patch-path.ts'

/** A patch as clients send it: operations alone, or with a condition such as `FROM c WHERE c.open`. */
export type Patch =
  | readonly PatchOperation[]
  | { readonly operations: readonly PatchOperation[]; readonly condition?: string }

/**
 * Changes a document by a patch, all of it or nothing.
 *
 * @throws CosmosError 400 for a patch that does not fit, 404 no such document, 412 a condition that does not hold
 */
export function patchItem(
  transaction: PartitionTransaction,
  id: string,
  patch: Patch,
  precondition: Precondition = {},
): Item {
  const item = transaction.get(id)
  if (item === undefined) throw notFound()
  const { operations, condition } = partsOf(patch)
  if (condition !== undefined && !holds(condition, item)) {
    throw preconditionFailed()
  }
  return transaction.replace(id, applyPatch(item, operations), precondition)
}

function partsOf(patch: Patch): { readonly operations: readonly PatchOperation[]; readonly condition?: string } {
  if (typeof patch !== 'object' || patch === null) throw invalid('check syntax of patch specification.')
  return 'operations' in patch ? patch : { operations: patch }
}

function holds(condition: string, item: Item): boolean {
  return runQuery({ query: `SELECT VALUE 1 ${condition}` }, [item]).rows.length > 0
}
