import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileFormat, migrate } from '../../../../../src/adapters/embedded/schema/migrate.ts'
import { Database } from '../../../../../src/adapters/embedded/sqlite/database.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

const MIGRATIONS = [
  'CREATE TABLE things (name TEXT)',
  'ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 1',
  'UPDATE things SET size = size + 1',
]
const upTo = (version: number): FileFormat => ({
  name: 'things.db',
  applicationId: 77,
  migrations: MIGRATIONS.slice(0, version),
})

describe('migrate', () => {
  it.each([0, 1, 2, 3])('goes forward from version %s, keeping what is there', (stored) => {
    const database = new Database(join(tempFolder(), 'things.db'), 100)
    try {
      if (stored > 0) {
        migrate(database, upTo(stored))
        database.connection.exec(`INSERT INTO things (name) VALUES ('a')`)
      }
      migrate(database, upTo(3))
      expect(database.get('PRAGMA user_version')).toEqual([3])
      const size = [[], [2], [2], [1]][stored]
      expect(database.all('SELECT size FROM things').flat()).toEqual(size)
    } finally {
      database.close()
    }
  })

  it('takes a file that somebody else is making just now for what it is', () => {
    const path = join(tempFolder(), 'things.db')
    const [database, other] = [new Database(path, 100), new Database(path, 0)]
    try {
      const get = database.get.bind(database)
      let met = false
      database.get = (sql, ...parameters) => {
        const row = get(sql, ...parameters)
        // After the first of the things that are looked at.
        if (!met && sql.startsWith('PRAGMA')) {
          met = true
          expect(() => migrate(other, upTo(3))).toThrow('locked')
        }
        return row as never
      }
      migrate(database, upTo(3))
      expect(met).toBe(true)
      expect(other.get('PRAGMA user_version')).toEqual([3])
    } finally {
      other.close()
      database.close()
    }
  })

  it('leaves the file as it was when a step fails', () => {
    const database = new Database(join(tempFolder(), 'things.db'), 100)
    try {
      migrate(database, upTo(1))
      const broken = { ...upTo(1), migrations: [...MIGRATIONS.slice(0, 2), 'INSERT INTO nowhere VALUES (1)'] }
      expect(() => migrate(database, broken)).toThrow('nowhere')
      expect(database.get('PRAGMA user_version')).toEqual([1])
      expect(() => database.get('SELECT size FROM things')).toThrow('size')
    } finally {
      database.close()
    }
  })

  it('refuses a newer version, and another program', () => {
    const database = new Database(join(tempFolder(), 'things.db'), 100)
    try {
      migrate(database, upTo(3))
      expect(() => migrate(database, upTo(2))).toThrow(expect.objectContaining({ code: 'StorageTooNew' }))
      expect(() => migrate(database, { ...upTo(3), applicationId: 78 })).toThrow(
        expect.objectContaining({ code: 'ForeignStorage' }),
      )
    } finally {
      database.close()
    }
  })
})
