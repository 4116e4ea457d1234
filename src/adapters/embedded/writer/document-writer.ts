import type { SQLInputValue } from 'node:sqlite'
import { createViewIndexes, dropViewIndexes } from '../schema/view-indexes.ts'
import type { Database } from '../sqlite/database.ts'
import { DerivedNotes } from './derived-notes.ts'
import type { BatchWriter } from './group-commit.ts'
import { type DocumentAnswer, type DocumentItem, NOT_SCRUBBED, type Replaces } from './messages.ts'

const INSERT_VIEW = `
  INSERT INTO views (revision, gone, document, projection, version, key) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
const UPDATE_VIEW = `
  UPDATE views SET revision = ?, gone = ?, document = ?
  WHERE projection = ? AND version = ? AND key = ? AND revision = ?`
const REMOVE_VIEW = 'DELETE FROM views WHERE projection = ? AND version = ? AND key = ? AND revision = ?'
const DROP_VIEWS = `
  DELETE FROM views WHERE id IN (SELECT id FROM views WHERE projection = ? AND version = ? LIMIT ?)`
const INSERT_LEASE = `
  INSERT INTO leases (revision, document, id, projection, version) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
const UPDATE_LEASE = `
  UPDATE leases SET revision = ?, document = ?
  WHERE id = ? AND projection = ? AND version = ? AND revision = ?`
const SAVE_SNAPSHOT = `
  INSERT INTO snapshots VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document`

/** Writes views, leases and snapshots. */
export class DocumentWriter implements BatchWriter<DocumentItem, DocumentAnswer> {
  readonly #database: Database
  readonly #notes: DerivedNotes
  #revision = 0
  #stored = -1
  #dataVersion = 0

  /** @param incarnation the log's */
  constructor(database: Database, incarnation: string) {
    this.#database = database
    this.#notes = new DerivedNotes(database, incarnation)
  }

  begin(): void {
    const dataVersion = this.#database.dataVersion()
    if (dataVersion !== this.#dataVersion) this.forget()
    this.#dataVersion = dataVersion
    if (this.#stored >= 0) return
    this.#stored = this.#database.get<[number]>(`SELECT value FROM storage WHERE name = 'revision'`)?.[0] as number
    this.#revision = this.#stored
  }

  finish(): void {
    this.#notes.write()
    if (this.#revision === this.#stored) return
    this.#run(`UPDATE storage SET value = ? WHERE name = 'revision'`, this.#revision)
    this.#stored = this.#revision
  }

  forget(): void {
    this.#notes.forget()
    this.#stored = -1
  }

  write(item: DocumentItem): DocumentAnswer {
    switch (item[0]) {
      case 'view': {
        const [, projection, version, key, replaces, gone, document, marks] = item
        const values = [Number(gone), document, projection, version, key]
        const answer = this.#save(replaces, INSERT_VIEW, UPDATE_VIEW, values)
        if (answer[0] === 'saved') this.#notes.add('view', marks)
        return answer
      }
      case 'removeView': {
        const [, projection, version, key, replaces] = item
        return this.#run(REMOVE_VIEW, projection, version, key, replaces) === 1 ? ['done', true] : ['refused']
      }
      case 'index': {
        const [, projection, version, paths] = item
        createViewIndexes(this.#database, { projection, version }, paths)
        return ['done', true]
      }
      case 'drop': {
        const [, projection, version, limit] = item
        dropViewIndexes(this.#database, { projection, version })
        return ['done', this.#run(DROP_VIEWS, projection, version, limit) < limit]
      }
      case 'lease': {
        const [, id, projection, version, replaces, document, marks] = item
        const answer = this.#save(replaces, INSERT_LEASE, UPDATE_LEASE, [document, id, projection, version])
        if (answer[0] === 'saved') this.#notes.add('lease', marks)
        return answer
      }
      case 'removeLease': {
        const changes = this.#run('DELETE FROM leases WHERE id = ? AND revision = ?', item[1], item[2])
        return changes === 1 ? ['done', true] : ['refused']
      }
      case 'snapshot':
        this.#run(SAVE_SNAPSHOT, item[1], item[2])
        return ['done', true]
      case 'removeSnapshot':
        return this.#run('DELETE FROM snapshots WHERE stream = ?', item[1]) === 1 ? ['done', true] : ['refused']
      case 'scrub':
        return NOT_SCRUBBED
    }
  }

  #save(replaces: Replaces, insert: string, update: string, values: readonly SQLInputValue[]): DocumentAnswer {
    const revision = this.#revision + 1
    const changes =
      replaces === null ? this.#run(insert, revision, ...values) : this.#run(update, revision, ...values, replaces)
    if (changes === 0) return ['refused']
    this.#revision = revision
    return ['saved', revision]
  }

  #run(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.#database.statement(sql).run(...parameters).changes)
  }
}
