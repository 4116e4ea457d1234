import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Database } from '../../../../../src/adapters/embedded/sqlite/database.ts'
import { sqliteError, toStorageError } from '../../../../../src/adapters/embedded/sqlite/errors.ts'
import { type BatchWriter, commitBatch } from '../../../../../src/adapters/embedded/writer/group-commit.ts'
import type { Failure } from '../../../../../src/adapters/embedded/writer/messages.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

type Note = { readonly text: string; readonly fails?: boolean }

function notebook(): Disposable & { readonly database: Database; readonly texts: () => unknown[] } {
  const database = new Database(join(tempFolder(), 'notes.db'), 20)
  database.connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)')
  return {
    database,
    texts: () => database.all('SELECT text FROM notes ORDER BY id').flat(),
    [Symbol.dispose]: () => database.close(),
  }
}

function writer(database: Database, log: string[] = []): BatchWriter<Note, readonly [string]> {
  return {
    begin: () => log.push('begin'),
    finish: () => log.push('finish'),
    forget: () => log.push('forget'),
    write({ text, fails }) {
      database.statement('INSERT INTO notes (text) VALUES (?)').run(text)
      if (fails) throw new Error('unexpected')
      return [text]
    },
  }
}

describe('commitBatch', () => {
  it('writes a batch in one transaction', () => {
    using notes = notebook()
    const log: string[] = []
    const answers = commitBatch(notes.database, writer(notes.database, log), [{ text: 'a' }, { text: 'b' }])
    expect(answers).toEqual([['a'], ['b']])
    expect(log).toEqual(['begin', 'finish'])
    expect(notes.texts()).toEqual(['a', 'b'])
  })

  it('fails no item for another one', () => {
    using notes = notebook()
    const items = [{ text: 'a' }, { text: 'b', fails: true }, { text: 'c' }]
    const answers = commitBatch(notes.database, writer(notes.database), items)
    expect(answers).toEqual([['a'], { message: 'Error: unexpected' }, ['c']])
    expect(notes.texts()).toEqual(['a', 'c'])
  })

  it('forgets what it remembered of a batch that was rolled back', () => {
    using notes = notebook()
    const log: string[] = []
    commitBatch(notes.database, writer(notes.database, log), [{ text: 'a', fails: true }])
    expect(log).toEqual(['begin', 'forget'])
  })

  it('fails all at once, without trying each, when somebody else holds the file', () => {
    using notes = notebook()
    const other = new Database(notes.database.path, 20)
    other.connection.exec('BEGIN IMMEDIATE')
    const began = performance.now()
    const answers = commitBatch(
      notes.database,
      writer(notes.database),
      Array.from({ length: 100 }, () => ({ text: 'a' })),
    )
    expect(performance.now() - began).toBeLessThan(1000)
    other.connection.exec('ROLLBACK')
    other.close()
    expect(answers).toHaveLength(100)
    expect(asError(answers[0] as Failure)).toMatchObject({ code: 'StorageBusy' })
    expect(commitBatch(notes.database, writer(notes.database), [{ text: 'b' }])).toEqual([['b']])
  })

  it('keeps what was written when the file may grow no more, and goes on when it may', () => {
    using notes = notebook()
    const write = (text: string) => commitBatch(notes.database, writer(notes.database), [{ text }, { text }])
    const big = 'x'.repeat(10_000)
    notes.database.connection.exec('PRAGMA max_page_count = 20')
    let taken = 0
    let answers = write(big)
    while (answers.every(Array.isArray)) {
      taken += 2
      answers = write(big)
    }
    taken += answers.filter(Array.isArray).length
    expect(taken).toBeGreaterThan(0)
    expect(asError(answers.at(-1) as Failure)).toMatchObject({ code: 'StorageFull' })
    expect(notes.texts()).toHaveLength(taken)
    notes.database.connection.exec('PRAGMA max_page_count = 1000')
    expect(write(big)).toEqual([[big], [big]])
    expect(notes.texts()).toHaveLength(taken + 2)
  })
})

const asError = ({ message, errcode }: Failure) => toStorageError(sqliteError(message, errcode as number), '/nowhere')
