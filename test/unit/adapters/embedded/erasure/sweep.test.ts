import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DirtyPages } from '../../../../../src/adapters/embedded/scrub/dirty-pages.ts'
import { PageFile, type PageKind } from '../../../../../src/adapters/embedded/scrub/page-file.ts'
import { Sweeper, type Step as SweepStep } from '../../../../../src/adapters/embedded/scrub/sweeper.ts'
import { Database } from '../../../../../src/adapters/embedded/sqlite/database.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

type Step = { readonly put?: number; readonly drop?: number; readonly size: number; readonly table: number }

const TABLES = [
  'CREATE TABLE t0 (id INTEGER PRIMARY KEY, text TEXT, tag TEXT)',
  'CREATE TABLE t1 (id INTEGER PRIMARY KEY, text TEXT, tag TEXT) WITHOUT ROWID',
  'CREATE INDEX t0_by_tag ON t0 (tag, id)',
  'CREATE UNIQUE INDEX t1_by_text ON t1 (text)',
]

const step: fc.Arbitrary<Step> = fc.record(
  {
    put: fc.nat(300),
    drop: fc.nat(300),
    size: fc.oneof({ weight: 8, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(20_000) }),
    table: fc.nat(1),
  },
  { requiredKeys: ['size', 'table'] },
)

/** Writes a database as a storage does, and deletes from it. Texts of deleted rows say so. */
function write(path: string, pageSize: number, steps: readonly Step[]): void {
  const database = new DatabaseSync(path)
  database.exec(
    `PRAGMA page_size = ${pageSize}; PRAGMA secure_delete = ON; PRAGMA synchronous = OFF; ${TABLES.join(';')}; BEGIN`,
  )
  let n = 0
  const put = (table: number, id: number, size: number, kept: boolean) => {
    const text = `${kept ? 'kept' : 'deleted-text'} ${++n} ${'x'.repeat(size)}`
    const tag = kept ? `k${n % 7}` : `deleted-tag ${n % 7}`
    database.prepare(`INSERT OR REPLACE INTO t${table} VALUES (?, ?, ?)`).run(id, text, tag)
  }
  for (const { put: at, drop, size, table } of steps) {
    if (at !== undefined) put(table, at, size, false)
    if (drop !== undefined) database.prepare(`DELETE FROM t${table} WHERE id = ?`).run(drop)
  }
  // Half of what is left is replaced, the rest deleted.
  for (const table of [0, 1]) {
    const ids = database.prepare(`SELECT id FROM t${table}`).all() as { id: number }[]
    for (const { id } of ids) {
      if (id % 2 === 0) put(table, id, id * 3, true)
      else database.prepare(`DELETE FROM t${table} WHERE id = ?`).run(id)
    }
  }
  database.exec('COMMIT')
  database.close()
}

function look(path: string): { readonly check: unknown; readonly rows: unknown } {
  const database = new DatabaseSync(path)
  const check = database.prepare('PRAGMA integrity_check').all()
  const rows = [0, 1].map((table) => database.prepare(`SELECT * FROM t${table} ORDER BY id`).all())
  database.close()
  return { check, rows }
}

function sweep(path: string): void {
  const database = new DatabaseSync(path)
  const roots = database.prepare('SELECT rootpage FROM sqlite_schema WHERE rootpage > 1').all() as {
    rootpage: number
  }[]
  database.close()
  const file = openSync(path, 'r+')
  const pages = new PageFile(file)
  const kinds = pages.kinds(roots.map(({ rootpage }) => rootpage))
  for (let number = 1; number <= pages.pageCount; number++) {
    const kind = kinds[number] as PageKind
    if (kind === 0) continue
    pages.clean(number, kind)
    expect(pages.clean(number, kind), `page ${number} is clean`).toBe(false)
  }
  closeSync(file)
}

describe('sweeping the pages of a file', () => {
  it('overwrites what was deleted, and changes nothing else', () => {
    let found = 0
    fc.assert(
      fc.property(
        fc.constantFrom(512, 1024, 4096, 65_536),
        fc.array(step, { maxLength: 400, size: 'max' }),
        (pageSize, steps) => {
          const path = join(tempFolder(), 'any.db')
          write(path, pageSize, steps)
          const before = look(path)
          if (/deleted-t/.test(readFileSync(path, 'latin1'))) found++
          sweep(path)
          expect(look(path)).toEqual(before)
          expect(before.check).toEqual([{ integrity_check: 'ok' }])
          expect(/deleted-t/.test(readFileSync(path, 'latin1'))).toBe(false)
          const database = new DatabaseSync(path)
          // It can be written to as before.
          database.exec('PRAGMA synchronous = OFF; BEGIN')
          const put = database.prepare('INSERT OR REPLACE INTO t0 VALUES (?, ?, ?)')
          for (let id = 0; id < 300; id++) put.run(id, `${id}`, 'x')
          database.exec('COMMIT')
          expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
          database.close()
        },
      ),
      { numRuns: 30, interruptAfterTimeLimit: 20_000 },
    )
    expect(found).toBeGreaterThan(3)
  })
})

describe('a sweeper', () => {
  /** A file with a writer, another connection, and rows whose deletion leaves something behind on the pages. */
  function made() {
    const path = join(tempFolder(), 'any.db')
    const [writer, other] = [new Database(path, 100), new Database(path, 100)]
    writer.connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE storage (name TEXT PRIMARY KEY, value ANY)')
    for (const database of [writer, other]) database.configure()
    for (const sql of TABLES) writer.connection.exec(sql)
    const truncate = () => writer.get<[number]>('PRAGMA wal_checkpoint(TRUNCATE)')?.[0] === 0
    const hooks = { before: () => {}, after: () => {} }
    const sweeper = new Sweeper(writer, {
      emptyWal() {
        hooks.before()
        const isEmpty = truncate()
        hooks.after()
        return isEmpty
      },
      assertInPlace: () => {},
    })
    const file = openSync(path, 'r+')
    let rounds = 0
    // Rows come in the middle of others and make them move; then some of those that moved are deleted.
    const leave = ({ connection }: Database) => {
      const round = ++rounds
      connection.exec('BEGIN')
      const put = connection.prepare('INSERT INTO t0 VALUES (?, ?, ?)')
      for (let i = 0; i < 3000; i++) {
        const text = `${i % 3 ? 'deleted-text' : 'kept'} ${i} ${'x'.repeat(i % 90)}`
        put.run(((i * 1009) % 3000) * 100 + round, text, `tag ${i % 5}`)
      }
      connection.exec(`DELETE FROM t0 WHERE text LIKE 'deleted%'; COMMIT`)
    }
    return {
      ...{ writer, other, hooks, leave },
      step: (from: number) => sweeper.step(file, from),
      sweepAll() {
        for (let at: SweepStep = 1; at !== 'done'; ) {
          if (at === 'busy') throw new Error('busy')
          at = sweeper.step(file, at)
        }
      },
      // In place: rows keep their length, so that nothing moves.
      touchAll: () => other.connection.exec(`UPDATE t0 SET tag = '${rounds++ % 10}' || substr(tag, 2)`),
      isLeft() {
        truncate()
        return readFileSync(path, 'latin1').includes('deleted-text')
      },
      [Symbol.dispose]() {
        other.close()
        writer.close()
        closeSync(file)
      },
    }
  }

  it('finds what others have left, once and again', () => {
    using it = made()
    for (const database of [it.writer, it.other, it.writer]) {
      it.leave(database)
      expect(it.isLeft()).toBe(true)
      it.sweepAll()
      expect(it.isLeft()).toBe(false)
    }
  })

  it('sweeps what was written since, where the write-ahead log still tells', () => {
    using it = made()
    for (const database of [it.writer, it.other, it.writer]) {
      it.leave(database)
      it.sweepAll()
    }
    expect(it.isLeft()).toBe(false)
  })

  it('lets nobody write a page back as it was', () => {
    using it = made()
    it.leave(it.writer)
    it.hooks.after = () => it.other.get('SELECT sum(length(text)) FROM t0')
    it.sweepAll()
    it.touchAll()
    expect(it.isLeft()).toBe(false)
  })

  it('does nothing while the write-ahead log holds pages', () => {
    using it = made()
    it.leave(it.writer)
    it.hooks.after = it.touchAll
    expect(it.step(1)).toBe('busy')
    it.hooks.after = () => {}
    it.sweepAll()
    expect(it.isLeft()).toBe(false)
  })

  it('waits for no writer', () => {
    using it = made()
    it.hooks.after = () => it.other.connection.exec('BEGIN IMMEDIATE')
    expect(it.step(1)).toBe('busy')
    it.other.connection.exec('ROLLBACK')
    it.hooks.after = () => {}
    expect(it.step(1)).toBe('done')
  })

  it('misses nothing that was written where it could not see it', () => {
    using it = made()
    it.leave(it.writer)
    it.sweepAll()
    it.hooks.before = () => it.leave(it.other)
    expect(it.step(1)).not.toBe('busy')
    expect(it.isLeft()).toBe(false)
  })
})

describe('the pages that are to be swept', () => {
  it('are all of them at first, then those that were named', () => {
    const dirty = new DirtyPages()
    dirty.fit(3)
    expect([dirty.next(0), dirty.next(2), dirty.next(3), dirty.next(4)]).toEqual([1, 2, 3, undefined])
    for (const page of [1, 2, 3]) dirty.remove(page)
    expect(dirty.next(1)).toBeUndefined()
    dirty.add(2)
    dirty.add(1000)
    dirty.fit(1001)
    expect([dirty.next(1), dirty.next(3), dirty.next(1001)]).toEqual([2, 1000, undefined])
    dirty.addAll()
    dirty.fit(5)
    expect([dirty.next(1), dirty.next(5)]).toEqual([1, 5])
  })
})
