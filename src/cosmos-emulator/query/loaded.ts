import type { Item, ItemSample } from '../engine/types.ts'
import { type CompiledQuery, DOCUMENT, type Evaluate, type Frame } from './evaluate/frame.ts'
import type { DocumentPath } from './evaluate/lookups.ts'
import { compareKeys } from './evaluate/rows.ts'
import { type IndexingPolicy, isIndexed, leavesOutUndefined } from './indexing.ts'
import { pathOf, type Query } from './language/ast.ts'
import type { Passed } from './page.ts'
import { sizeOf } from './row-size.ts'

/** The documents that had to be loaded for a page. */
export type Loaded = { readonly documents: number; readonly bytes: number }

/**
 * Estimates what a page loads. Without an order, these are the scanned documents that an index finds. With one, the
 * index of that order is scanned, and that index spans the physical partition, whatever partition key the query is for:
 * only conditions on the ordered paths limit it.
 *
 * @param partition returns documents of the physical partition
 */
export function loadedBy(
  { query, compiled }: { readonly query: Query; readonly compiled: CompiledQuery },
  parameters: Frame['parameters'],
  passed: Passed,
  policy: IndexingPolicy,
  partition: () => ItemSample,
): Loaded {
  const frame: Frame = { values: new Array(compiled.program.slots), parameters, aggregates: [] }
  const fulfils = (item: Item, tests: readonly Evaluate[]): boolean => {
    frame.values[DOCUMENT] = item
    frame.values[compiled.documentSlot] = item
    return tests.every((test) => test(frame) === true)
  }
  if ('documents' in passed) {
    const tests = compiled.lookups.filter(({ paths }) => paths.every((path) => isIndexed(path, policy)))
    return totalOf(passed.documents.filter((item) => fulfils(item, testsOf(tests))))
  }
  const { orderBy } = compiled
  const ordered = query.orderBy.map(({ value }) => textOf(pathOf(value)?.slice(1) ?? []))
  const bounds = testsOf(compiled.lookups.filter(({ paths }) => paths.every((path) => ordered.includes(textOf(path)))))
  const leavesOut = leavesOutUndefined(query, policy)
  const { after, to } = passed
  const { items, step } = partition()
  const isLoaded = (item: Item): boolean => {
    if (!fulfils(item, bounds)) return false
    const keys = orderBy.map(({ key }) => key(frame))
    if (leavesOut && keys[0] === undefined) return false
    if (after !== undefined && compareKeys(orderBy, keys, after) <= 0) return false
    return to === undefined || compareKeys(orderBy, keys, to) <= 0
  }
  const { documents, bytes } = totalOf(items.filter(isLoaded))
  return { documents: documents * step, bytes: bytes * step }
}

const testsOf = (lookups: readonly { readonly test: Evaluate }[]): Evaluate[] => lookups.map(({ test }) => test)

const textOf = (path: DocumentPath): string => JSON.stringify(path)

function totalOf(items: readonly Item[]): Loaded {
  return { documents: items.length, bytes: items.reduce((sum, item) => sum + sizeOf(item), 0) }
}
