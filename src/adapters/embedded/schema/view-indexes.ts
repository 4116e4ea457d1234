import { InvalidQuery } from '../../../core/errors/input.ts'
import type { ViewRef } from '../../../core/port/view-store.ts'
import { type Fields, fieldSql, type Sql } from '../conditions.ts'
import type { Database } from '../sqlite/database.ts'

/** A version of a projection. */
export type ProjectionVersion = Omit<ViewRef, 'key'>

/** Where the data of views is. */
export const VIEW_FIELDS = { column: 'document', root: ['data'] } as const satisfies Fields

// An index can be told of no parameter, so that the name must be plain text.
const PLAIN = /^[\w$-]+$/

// How SQLite is to think of the sizes of a table and its indexes: rows, and rows that agree in the first columns. It
// would take a projection for a handful of views, and read them all rather than go by an index of a field.
const STATISTICS = {
  table: ['sqlite_autoindex_views_1', '1000000 200000 100000 1'],
  index: '100000 2000 20 1',
} as const

const isPlain = ({ projection, version }: ProjectionVersion): boolean =>
  PLAIN.test(projection) && Number.isSafeInteger(version)

/** @throws InvalidQuery for a projection that an index cannot name */
export function assertIndexable(version: ProjectionVersion): void {
  if (!isPlain(version)) throw new InvalidQuery(`Views of ${JSON.stringify(version.projection)} cannot be indexed`)
}

/**
 * Selects the views of a projection version that readers see. It is written as in the indexes: then SQLite knows that an
 * entry of one fulfils it, and need not look at the row.
 */
export function shownViewsSql(of: ProjectionVersion): Sql {
  const { projection, version } = of
  if (isPlain(of)) return { text: `projection = '${projection}' AND version = ${version} AND NOT gone`, values: [] }
  return { text: 'projection = ? AND version = ? AND NOT gone', values: [projection, version] }
}

/**
 * Makes the indexes of a projection version that are missing, inside the caller's transaction. They hold its own views
 * only, so that those of others cost nothing to save.
 *
 * @param paths checked field paths
 */
export function createViewIndexes(
  database: Database,
  version: ProjectionVersion,
  paths: readonly (readonly string[])[],
): void {
  const missing = paths.filter((path) => !isIndexed(database, version, path))
  if (missing.length === 0) return
  // Makes the table of statistics where there is none.
  database.connection.exec('ANALYZE sqlite_schema')
  const insert = `
    INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT 'views', ?1, ?2
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 WHERE idx = ?1)`
  database.statement(insert).run(...STATISTICS.table)
  for (const path of missing) {
    const name = indexName(version, path)
    const { rank, value } = fieldSql(VIEW_FIELDS, path)
    database.connection.exec(`
      CREATE INDEX IF NOT EXISTS "${name}" ON views (${rank}, ${value}, key)
      WHERE ${shownViewsSql(version).text}`)
    database.statement(insert).run(name, STATISTICS.index)
  }
}

/** Removes the indexes of a projection version, inside the caller's transaction. */
export function dropViewIndexes(database: Database, version: ProjectionVersion): void {
  const prefix = indexPrefix(version)
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'index' AND substr(name, 1, length(?1)) = ?1`
  const names = database.all<[string]>(sql, prefix).flat()
  for (const name of names) database.connection.exec(`DROP INDEX IF EXISTS "${name}"`)
}

/** Whether there is an index for a field of the views of a projection version. */
export const isIndexed = (database: Database, version: ProjectionVersion, path: readonly string[]): boolean =>
  database.get(`SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?`, indexName(version, path)) !== undefined

const indexName = (version: ProjectionVersion, path: readonly string[]): string =>
  `${indexPrefix(version)}${withoutCase(path.join('.'))}`

const indexPrefix = ({ projection, version }: ProjectionVersion): string =>
  `views:${withoutCase(projection)}:${version}:`

// SQLite takes names that differ in case alone for the same.
const withoutCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => `^${letter}`)
