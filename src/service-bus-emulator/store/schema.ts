/** The tables of a folder. What is not text or bytes is JSON. */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS entities (path TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
  entity TEXT NOT NULL, sequence INTEGER NOT NULL, state TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (entity, sequence)
);
CREATE TABLE IF NOT EXISTS sequences (entity TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session_states (
  entity TEXT NOT NULL, session TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (entity, session)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken (
  entity TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (entity, message)
) WITHOUT ROWID;
`

/** The tables that are about entities, by the column that names them. */
export const ENTITY_COLUMNS = [
  ['entities', 'path'],
  ['messages', 'entity'],
  ['sequences', 'entity'],
  ['session_states', 'entity'],
  ['taken', 'entity'],
] as const
