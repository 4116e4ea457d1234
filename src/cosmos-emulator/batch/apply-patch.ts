import { CosmosError, type ItemBody, type JsonValue } from '../engine/types.ts'
import { invalid, isIndex, type Parent, parentAt, stepsOf, valueAt } from './patch-path.ts'

/** An operation of a patch; `path` and `from` are JSON pointers, `-` at the end of one is behind an array's end. */
export type PatchOperation =
  | { readonly op: 'add' | 'set' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'incr'; readonly path: string; readonly value: number }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly path: string; readonly from: string }

const MOST_OPERATIONS = 10

/**
 * Applies a patch to a copy of a document, operation by operation.
 *
 * @throws CosmosError 400 when there is none or more than 10, or one does not fit the document
 * @see https://learn.microsoft.com/azure/cosmos-db/partial-document-update
 */
export function applyPatch(document: ItemBody, operations: readonly PatchOperation[]): ItemBody {
  if (!Array.isArray(operations) || operations.length === 0) throw invalid('check syntax of patch specification.')
  if (operations.length > MOST_OPERATIONS) {
    throw new CosmosError(400, 'BadRequest', `The number of patch operations can't exceed '${MOST_OPERATIONS}'.`)
  }
  const patched = structuredClone(document)
  for (const [i, operation] of operations.entries()) apply(patched, operation, i + 1)
  return patched
}

function apply(document: ItemBody, operation: PatchOperation, number: number): void {
  const steps = stepsOf(operation.path)
  const last = steps.at(-1) ?? ''
  const fail = (why: string): never => {
    throw new CosmosError(400, 'BadRequest', `For Operation(${number}): ${why}`)
  }
  const parent =
    parentAt(document, steps) ??
    fail('can only create a child object of an existing node (array or object) and cannot create path recursively.')
  const absent = (done: string): never =>
    fail(`Node(${operation.path}) to be ${done} is absent. Note: it might also have been removed earlier.`)

  switch (operation.op) {
    case 'add':
      return put(parent, last, checkedValue(operation.value), true, fail)
    case 'set':
      return put(parent, last, checkedValue(operation.value), false, fail)
    case 'replace':
      if (valueAt(parent, last) === undefined) absent('replaced')
      return put(parent, last, checkedValue(operation.value), false, fail)
    case 'remove':
      if (valueAt(parent, last) === undefined) absent('removed')
      return remove(parent, last)
    case 'incr': {
      const before = valueAt(parent, last) ?? (Array.isArray(parent) ? absent('incremented') : 0)
      if (typeof before !== 'number' || typeof operation.value !== 'number') {
        return fail(`Node(${operation.path}) to be incremented is not a number.`)
      }
      return put(parent, last, before + operation.value, false, fail)
    }
    case 'move': {
      if (`${operation.path}/`.startsWith(`${operation.from}/`) && operation.path !== operation.from) {
        fail("The 'path' attribute cannot be a JSON child of the 'from' JSON location.")
      }
      const from = stepsOf(operation.from)
      const source = parentAt(document, from)
      const moved = valueAt(source, from.at(-1) ?? '')
      if (source === undefined || moved === undefined) return absent('moved')
      remove(source, from.at(-1) ?? '')
      // What was taken away may have shifted what the path leads through.
      const target = parentAt(document, steps) ?? absent('moved to')
      return put(target, last, moved, true, fail)
    }
    default:
      throw invalid('check syntax of patch specification.')
  }
}

function put(parent: Parent, step: string, value: JsonValue, inserts: boolean, fail: (why: string) => never): void {
  if (!Array.isArray(parent)) {
    // A plain assignment to `__proto__` would set the prototype instead.
    Object.defineProperty(parent, step, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const index = step === '-' ? parent.length : isIndex(step) ? Number(step) : Number.POSITIVE_INFINITY
  if (index > parent.length) fail(`Index(${step}) to operate on is out of array bounds.`)
  parent.splice(index, inserts ? 0 : 1, value)
}

function remove(parent: Parent, step: string): void {
  if (Array.isArray(parent)) parent.splice(Number(step), 1)
  else delete parent[step]
}

function checkedValue(value: JsonValue | undefined): JsonValue {
  if (value === undefined) throw invalid('check syntax of patch specification.')
  return structuredClone(value)
}
