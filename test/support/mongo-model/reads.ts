import type { Document } from 'mongodb'
import type { ModelCollection } from './documents/collection.ts'
import { compareValues, keyOf, typeOf } from './documents/compare.ts'
import { matches, memberOf, valueAt, valuesAt } from './documents/matches.ts'
import type { Transaction } from './documents/transaction.ts'

/** The documents that a `find` gives, in order. */
export function found(
  collection: ModelCollection | undefined,
  { filter = {}, sort, skip = 0, limit = 0, projection }: Document,
  transaction: Transaction | undefined,
): Document[] {
  const all = [...(collection?.documents(transaction, filter) ?? [])]
  if (sort) all.sort(inOrderOf(sort))
  const some = limit === 0 ? all.slice(skip) : all.slice(skip, skip + Math.abs(limit))
  return projection ? some.map((document) => projected(document, projection)) : some
}

/** What a pipeline of `$match`, `$skip`, `$limit`, `$project` and a counting `$group` gives. @throws RangeError for others */
export function aggregated(
  collection: ModelCollection | undefined,
  pipeline: readonly Document[],
  transaction: Transaction | undefined,
): Document[] {
  let documents = [...(collection?.documents(transaction) ?? [])]
  for (const stage of pipeline) {
    const [name, operand] = Object.entries(stage)[0] as [string, Document]
    if (name === '$match') documents = documents.filter((document) => matches(document, operand))
    else if (name === '$skip') documents = documents.slice(Number(operand))
    else if (name === '$limit') documents = documents.slice(0, Number(operand))
    else if (name === '$project') documents = documents.map((document) => projected(document, operand))
    else if (name === '$group') documents = documents.length === 0 ? [] : [{ _id: operand._id, n: documents.length }]
    else throw new RangeError(`The model knows no ${name}`)
  }
  return documents
}

/** The values of a field, each once. */
export function distinct(
  collection: ModelCollection | undefined,
  { key, query = {} }: Document,
  transaction: Transaction | undefined,
): unknown[] {
  const values = new Map<string, unknown>()
  for (const document of collection?.documents(transaction, query) ?? []) {
    for (const value of valuesAt(document, String(key).split('.'))) {
      if (value !== undefined) values.set(keyOf(value), value)
    }
  }
  return [...values.values()].sort(compareValues)
}

function inOrderOf(sort: Document): (a: Document, b: Document) => number {
  const fields = Object.entries(sort)
  return (a, b) => {
    for (const [path, sign] of fields) {
      const order = compareValues(valueAt(a, path), valueAt(b, path)) * Number(sign)
      if (order !== 0) return order
    }
    return 0
  }
}

/** A projection that names what is kept. */
function projected(document: Document, projection: Document): Document {
  const kept = Object.entries(projection).filter(([, is]) => Boolean(is))
  const result: Document = {}
  if (projection._id !== 0 && projection._id !== false) result._id = document._id
  for (const [path] of kept) copyAt(document, result, path.split('.'))
  return result
}

function copyAt(from: Document, to: Document, [name, ...rest]: readonly string[]): void {
  const value = memberOf(from, name as string)
  if (value === undefined) return
  if (rest.length === 0) to[name as string] = value
  else if (typeOf(value) === 'object') {
    to[name as string] ??= {}
    copyAt(value as Document, to[name as string], rest)
  }
}
