import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { StoredMessage } from '../broker/messages/stored-message.ts'
import { encodeMessage, type Message, parseMessage } from '../messages/message.ts'
import { fromJson, toJson } from './json.ts'
import { ENTITY_COLUMNS, SCHEMA } from './schema.ts'
import type { EntityDefinition, Kept, Store } from './store.ts'

const FILE = 'service-bus.db'

type Row = Readonly<Record<string, unknown>>

/** Opens a folder that outlives the process. @throws InvalidConfiguration if it cannot be used */
export function openFolder(folder: string): Store {
  const database = open(folder)
  const statement = (sql: string) => database.prepare(sql)
  const saveState = statement('UPDATE messages SET state = ? WHERE entity = ? AND sequence = ?')
  const saveMessage = statement('INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?)')
  const removeMessage = statement('DELETE FROM messages WHERE entity = ? AND sequence = ?')
  const saveSequence = statement('INSERT OR REPLACE INTO sequences VALUES (?, ?)')
  const saveSession = statement('INSERT OR REPLACE INTO session_states VALUES (?, ?, ?)')
  const removeSession = statement('DELETE FROM session_states WHERE entity = ? AND session = ?')
  const saveTaken = statement('INSERT OR REPLACE INTO taken VALUES (?, ?, ?)')
  const removeTaken = statement('DELETE FROM taken WHERE entity = ? AND message = ?')
  const saveEntity = statement('INSERT OR REPLACE INTO entities VALUES (?, ?)')
  /** The content that was written for a message, which seldom changes. */
  const written = new WeakMap<StoredMessage, Message>()
  let depth = 0

  return {
    atomically(work) {
      if (depth > 0) return work()
      database.exec('BEGIN')
      depth++
      try {
        return work()
      } finally {
        depth--
        // An error of the broker does not undo what it did before, such as to let locks expire.
        database.exec('COMMIT')
      }
    },
    saveEntity: (path, definition) => void saveEntity.run(path, toJson(definition)),
    removeEntity(path) {
      for (const [table, column] of ENTITY_COLUMNS) {
        statement(`DELETE FROM ${table} WHERE ${column} = ? OR substr(${column}, 1, ?) = ?`).run(
          path,
          path.length + 1,
          `${path}/`,
        )
      }
    },
    saveMessage(entity, stored) {
      const { message, ...state } = stored
      if (written.get(stored) === message) saveState.run(toJson(state), entity, stored.sequenceNumber)
      else saveMessage.run(entity, stored.sequenceNumber, toJson(state), encodeMessage(message))
      written.set(stored, message)
    },
    removeMessage: (entity, sequenceNumber) => void removeMessage.run(entity, sequenceNumber),
    saveSequence: (entity, next) => void saveSequence.run(entity, next),
    saveSessionState(entity, sessionId, state) {
      if (state === undefined) removeSession.run(entity, sessionId)
      else saveSession.run(entity, sessionId, state)
    },
    saveTaken: (entity, messageId, at) => void saveTaken.run(entity, messageId, Math.floor(at)),
    removeTaken: (entity, messageId) => void removeTaken.run(entity, messageId),
    load: () => load(database, written),
    close: () => database.close(),
  }
}

function open(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true })
    const database = new DatabaseSync(join(folder, FILE))
    // Another process cannot open it while this one has it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec(SCHEMA)
    return database
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidConfiguration('data', `the folder ${folder} cannot be opened: ${reason}`, { cause: error })
  }
}

function load(database: DatabaseSync, written: WeakMap<StoredMessage, Message>): Kept {
  const rows = (sql: string): readonly Row[] => database.prepare(sql).all()
  const entities = rows('SELECT definition FROM entities').map(
    (row) => fromJson(`${row.definition}`) as EntityDefinition,
  )
  return {
    entities: entities.sort((a, b) => Number(a.kind === 'subscription') - Number(b.kind === 'subscription')),
    messages: rows('SELECT * FROM messages ORDER BY entity, sequence').map((row) => {
      const message = parseMessage(Buffer.from(row.content as Uint8Array))
      // JSON leaves out what is undefined.
      const base = { sessionId: undefined, lock: undefined, message }
      const stored: StoredMessage = { ...base, ...(fromJson(`${row.state}`) as Omit<StoredMessage, 'message'>) }
      written.set(stored, message)
      return { entity: `${row.entity}`, message: stored }
    }),
    sequences: rows('SELECT * FROM sequences').map(({ entity, next }) => ({ entity: `${entity}`, next: Number(next) })),
    sessionStates: rows('SELECT * FROM session_states').map(({ entity, session, state }) => ({
      entity: `${entity}`,
      sessionId: `${session}`,
      state: Buffer.from(state as Uint8Array),
    })),
    taken: rows('SELECT * FROM taken ORDER BY at').map(({ entity, message, at }) => ({
      entity: `${entity}`,
      messageId: `${message}`,
      at: Number(at),
    })),
  }
}
