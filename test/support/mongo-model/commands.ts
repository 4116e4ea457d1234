import { type Document, Timestamp } from 'mongodb'
import { Cursors } from './cursors.ts'
import { ModelCollection } from './documents/collection.ts'
import { abortTransaction, type Transaction } from './documents/transaction.ts'
import type { ModelIndex } from './documents/unique-index.ts'
import { CommandFailed } from './failures.ts'
import { aggregated, distinct, found } from './reads.ts'
import { Sessions } from './sessions.ts'
import { insert, remove, update } from './writes.ts'

/** What a model of a server holds, and what it does for a command. */
export class ModelState {
  readonly #databases = new Map<string, Map<string, ModelCollection>>()
  readonly #sessions = new Sessions()
  readonly #cursors = new Cursors()
  readonly #clock: () => number
  #time: Timestamp
  #now = 0

  constructor(clock: () => number) {
    this.#clock = clock
    this.#time = new Timestamp({ t: Math.floor(clock() / 1000), i: 1 })
  }

  /** The latest cluster time. */
  get time(): Timestamp {
    return this.#time
  }

  /** The answer to a command. @throws CommandFailed */
  run(command: Document): Document {
    const name = Object.keys(command)[0] as string
    this.#now++
    const before = this.#sessions.answered(command)
    if (before) return before
    if (name === 'commitTransaction') {
      this.#sessions.commit(command, this.#now)
      this.#tick()
      return {}
    }
    if (name === 'abortTransaction') {
      this.#sessions.abort(command, this.#now)
      return {}
    }
    const transaction = this.#sessions.transactionOf(command, this.#now)
    try {
      const answer = this.#answer(name, command, transaction)
      if (transaction && answer.writeErrors) abortTransaction(transaction)
      this.#sessions.note(command, answer)
      return answer
    } catch (error) {
      if (transaction) abortTransaction(transaction)
      throw error
    }
  }

  #answer(name: string, command: Document, transaction: Transaction | undefined): Document {
    const database = this.#database(command.$db)
    const named = String(command[name])
    const collection = database.get(named)
    const ns = `${command.$db}.${named}`
    switch (name) {
      case 'ping':
        return {}
      // As a service responds that shares its disks: it has no sizes of them.
      case 'dbStats':
        return { db: command.$db, storageSize: 4096, indexSize: 4096 }
      case 'endSessions':
        this.#sessions.end(command.endSessions)
        return {}
      case 'find': {
        const documents = found(collection, command, transaction)
        return this.#cursors.open(ns, documents, command.batchSize ?? 101)
      }
      case 'aggregate': {
        if (command.pipeline[0]?.$changeStream) throw new CommandFailed(40573, 'The model has no change streams')
        const documents = aggregated(collection, command.pipeline, transaction)
        return this.#cursors.open(ns, documents, command.cursor?.batchSize ?? 101)
      }
      case 'distinct':
        return { values: distinct(collection, command, transaction) }
      case 'getMore': {
        const answer = this.#cursors.next(command.getMore, command.batchSize ?? Number.POSITIVE_INFINITY)
        if (answer === undefined) throw new CommandFailed(43, 'CursorNotFound')
        return answer
      }
      case 'killCursors':
        this.#cursors.kill(command.cursors)
        return {}
      case 'insert':
      case 'update':
      case 'delete': {
        const write = { insert, update, delete: remove }[name]
        const into = collection ?? this.#create(database, named)
        const answer = write(command, { collection: into, transaction, now: this.#now, tick: () => this.#tick() })
        this.#tick()
        return answer
      }
      default:
        return this.#define(name, command, database, named)
    }
  }

  #define(name: string, command: Document, database: Map<string, ModelCollection>, named: string): Document {
    const collection = database.get(named)
    switch (name) {
      case 'create': {
        if (collection) throw new CommandFailed(48, 'NamespaceExists')
        this.#create(database, named, command.validator && { validator: command.validator })
        return {}
      }
      case 'createIndexes': {
        const into = collection ?? this.#create(database, named)
        for (const index of command.indexes as ModelIndex[]) {
          if (!into.indexes.some((there) => there.name === index.name)) into.addIndex({ v: 2, ...index })
        }
        return {}
      }
      case 'listIndexes': {
        if (collection === undefined) throw new CommandFailed(26, 'NamespaceNotFound')
        return this.#cursors.open(`${command.$db}.${named}`, collection.indexes, 1000)
      }
      case 'dropIndexes':
        if (!collection?.dropIndex(command.index)) throw new CommandFailed(27, 'IndexNotFound')
        return {}
      case 'listCollections': {
        const all = [...database].map(([name, { options }]) => ({ name, type: 'collection', options }))
        const { $in } = command.filter?.name ?? {}
        const some = $in ? all.filter(({ name }) => $in.includes(name)) : all
        return this.#cursors.open(`${command.$db}.$cmd.listCollections`, some, 1000)
      }
      case 'collMod':
        return {}
      case 'drop':
        database.delete(named)
        return {}
      case 'dropDatabase':
        this.#databases.delete(command.$db)
        return {}
      default:
        throw new CommandFailed(59, `The model knows no ${name}`)
    }
  }

  #database(name: string): Map<string, ModelCollection> {
    const database = this.#databases.get(name) ?? new Map<string, ModelCollection>()
    this.#databases.set(name, database)
    return database
  }

  #create(database: Map<string, ModelCollection>, name: string, options?: Document): ModelCollection {
    const collection = new ModelCollection(options)
    database.set(name, collection)
    return collection
  }

  /** The next cluster time: never an earlier one than the clock's. */
  #tick(): Timestamp {
    const seconds = Math.floor(this.#clock() / 1000)
    const { t, i } = this.#time
    this.#time = seconds > t ? new Timestamp({ t: seconds, i: 1 }) : new Timestamp({ t, i: i + 1 })
    return this.#time
  }
}
