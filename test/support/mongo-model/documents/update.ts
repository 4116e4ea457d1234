import { type Document, Timestamp } from 'mongodb'
import { typeOf } from './compare.ts'
import { memberOf } from './matches.ts'

/**
 * The document after an update: a replacement, or `$set`, `$unset`, `$inc` and `$setOnInsert`.
 *
 * @param tick the next cluster time, which empty timestamps at the top of a replacement become
 * @throws RangeError for an operator that is not known here
 */
export function updated(document: Document, update: Document, isInsert: boolean, tick: () => Timestamp): Document {
  const operators = Object.keys(update)
  if (!operators.some((name) => name.startsWith('$'))) return stamped({ _id: document._id, ...update }, tick)
  const result = structuredCopy(document)
  for (const operator of operators) {
    for (const [path, operand] of Object.entries(update[operator] as Document)) {
      if (operator === '$set' || (operator === '$setOnInsert' && isInsert)) setAt(result, path, operand)
      else if (operator === '$unset') unsetAt(result, path)
      else if (operator === '$inc') setAt(result, path, Number(memberOf(result, path) ?? 0) + Number(operand))
      else if (operator !== '$setOnInsert') throw new RangeError(`The model knows no ${operator}`)
    }
  }
  return result
}

/** A document with the empty timestamps at its top set, as the server does with whatever is inserted. */
export function stamped(document: Document, tick: () => Timestamp): Document {
  const isEmpty = (value: unknown) => value instanceof Timestamp && value.isZero()
  const entries = Object.entries(document).map(([name, value]) => [name, isEmpty(value) ? tick() : value] as const)
  return Object.fromEntries(entries)
}

/** What an upsert begins with: what its filter says is equal. */
export function seedOf(filter: Document): Document {
  const seed: Document = {}
  for (const [path, condition] of Object.entries(filter)) {
    if (path.startsWith('$')) continue
    const isOperators =
      typeOf(condition) === 'object' && Object.keys(condition as Document).some((key) => key.startsWith('$'))
    if (!isOperators) setAt(seed, path, condition)
    else if (memberOf(condition as Document, '$eq') !== undefined) setAt(seed, path, (condition as Document).$eq)
  }
  return seed
}

function setAt(document: Document, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() as string
  let inner = document
  for (const name of names) {
    if (typeOf(memberOf(inner, name)) !== 'object') inner[name] = {}
    inner = inner[name]
  }
  inner[last] = value
}

function unsetAt(document: Document, path: string): void {
  const names = path.split('.')
  const last = names.pop() as string
  const inner = names.reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document)
  if (typeOf(inner) === 'object') delete (inner as Document)[last]
}

// Documents are never changed once they are stored; only those on the way to what is set must be others.
function structuredCopy(value: Document): Document {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, typeOf(inner) === 'object' ? structuredCopy(inner) : inner]),
  )
}
