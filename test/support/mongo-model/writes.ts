import { type Document, ObjectId, type Timestamp } from 'mongodb'
import type { ModelCollection } from './documents/collection.ts'
import { keyOf } from './documents/compare.ts'
import type { Transaction } from './documents/transaction.ts'
import { seedOf, stamped, updated } from './documents/update.ts'
import { WriteFailed } from './failures.ts'

/** What writes are done with. */
export type Writing = {
  readonly collection: ModelCollection
  readonly transaction: Transaction | undefined
  readonly now: number
  readonly tick: () => Timestamp
}

/** `insert`: its answer, with what failed of it. @throws CommandFailed for a conflict */
export function insert({ documents, ordered = true }: Document, writing: Writing): Document {
  return each(documents, ordered, writing, (document) => {
    const whole = stamped({ _id: document._id ?? new ObjectId(), ...document }, writing.tick)
    const id = keyOf(whole._id)
    for (const _ of writing.collection.documents(writing.transaction, { _id: { $eq: whole._id } })) {
      throw new WriteFailed(11000, 'E11000 duplicate key: _id_')
    }
    writing.collection.write(id, whole, writing.transaction, writing.now)
    return { n: 1 }
  })
}

/** `update`. */
export function update({ updates, ordered = true }: Document, writing: Writing): Document {
  const upserted: Document[] = []
  const answer = each(updates, ordered, writing, ({ q, u, multi = false, upsert = false }, index) => {
    const { collection, transaction, now, tick } = writing
    let n = 0
    for (const document of [...collection.documents(transaction, q)]) {
      const after = updated(document, u, false, tick)
      collection.write(keyOf(document._id), after, transaction, now)
      n++
      if (!multi) break
    }
    if (n > 0 || !upsert) return { n, nModified: n }
    const seed = seedOf(q)
    const made = updated({ _id: seed._id ?? new ObjectId(), ...seed }, u, true, tick)
    insertAt(made, writing)
    upserted.push({ index, _id: made._id })
    return { n: 1, nModified: 0 }
  })
  return upserted.length > 0 ? { ...answer, upserted } : answer
}

/** `delete`. */
export function remove({ deletes, ordered = true }: Document, writing: Writing): Document {
  return each(deletes, ordered, writing, ({ q, limit = 0 }) => {
    const { collection, transaction, now } = writing
    const all = [...collection.documents(transaction, q)]
    const some = limit === 0 ? all : all.slice(0, limit)
    for (const { _id } of some) collection.write(keyOf(_id), undefined, transaction, now)
    return { n: some.length }
  })
}

function insertAt(document: Document, { collection, transaction, now }: Writing): void {
  for (const _ of collection.documents(transaction, { _id: { $eq: document._id } })) {
    throw new WriteFailed(11000, 'E11000 duplicate key: _id_')
  }
  collection.write(keyOf(document._id), document, transaction, now)
}

function each(
  statements: readonly Document[],
  ordered: boolean,
  { transaction }: Writing,
  write: (statement: Document, index: number) => Document,
): Document {
  const answer: Document = { n: 0 }
  const writeErrors: Document[] = []
  for (const [index, statement] of statements.entries()) {
    try {
      for (const [name, count] of Object.entries(write(statement, index))) answer[name] = (answer[name] ?? 0) + count
    } catch (error) {
      if (!(error instanceof WriteFailed)) throw error
      writeErrors.push({ index, code: error.code, errmsg: error.message })
      if (ordered || transaction) break
    }
  }
  return writeErrors.length > 0 ? { ...answer, writeErrors } : answer
}
