import { badRequest } from '../engine/errors.ts'
import type { ItemBody, JsonValue } from '../engine/types.ts'
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
  if (!Array.isArray(operations) || operations.length === 0 || operations.some((operation) => operation === null)) {
    throw invalid('check syntax of patch specification.')
  }
  if (operations.length > MOST_OPERATIONS) {
    throw badRequest(`The number of patch operations can't exceed '${MOST_OPERATIONS}'.`)
  }
  const patched = structuredClone(document)
  for (const [i, operation] of operations.entries()) apply(patched, operation, i + 1)
  return patched
}

type Fail = (why: string) => never

function apply(document: ItemBody, operation: PatchOperation, number: number): void {
  const fail: Fail = (why) => {
    throw badRequest(`For Operation(${number}): ${why}`)
  }
  const { parent, last } = placeOf(document, operation.path, fail)
  const before = valueAt(parent, last)
  switch (operation.op) {
    case 'add':
      put(parent, last, checkedValue(operation.value), true, fail)
      break
    case 'set':
      put(parent, last, checkedValue(operation.value), false, fail)
      break
    case 'replace':
      if (before === undefined) fail(absent(operation.path, 'replaced'))
      put(parent, last, checkedValue(operation.value), false, fail)
      break
    case 'remove':
      if (before === undefined) fail(absent(operation.path, 'removed'))
      remove(parent, last)
      break
    case 'incr':
      put(
        parent,
        last,
        incremented(before === undefined && !Array.isArray(parent) ? 0 : before, operation, fail),
        false,
        fail,
      )
      break
    case 'move':
      move(document, operation, fail)
      break
    default:
      throw invalid('check syntax of patch specification.')
  }
}

function placeOf(document: ItemBody, path: string, fail: Fail): { parent: Parent; last: string } {
  const steps = stepsOf(path)
  const parent =
    parentAt(document, steps) ??
    fail('can only create a child object of an existing node (array or object) and cannot create path recursively.')
  return { parent, last: steps.at(-1) ?? '' }
}

const absent = (path: string, done: string): string =>
  `Node(${path}) to be ${done} is absent. Note: it might also have been removed earlier in the transaction.`

function incremented(
  before: JsonValue | undefined,
  { path, value }: PatchOperation & { op: 'incr' },
  fail: Fail,
): number {
  if (typeof before === 'number' && typeof value === 'number') return before + value
  return fail(`Node(${path}) to be incremented is not a number.`)
}

function move(document: ItemBody, { path, from }: PatchOperation & { op: 'move' }, fail: Fail): void {
  if (path !== from && `${path}/`.startsWith(`${from}/`)) {
    fail("The 'path' attribute cannot be a JSON child of the 'from' JSON location.")
  }
  const source = placeOf(document, from, fail)
  const moved = valueAt(source.parent, source.last)
  if (moved === undefined) throw fail(absent(from, 'moved'))
  remove(source.parent, source.last)
  // What was taken away may have shifted what the path leads through, so it is followed only now.
  const target = placeOf(document, path, fail)
  put(target.parent, target.last, moved, true, fail)
}

function put(parent: Parent, step: string, value: JsonValue, inserts: boolean, fail: Fail): void {
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
