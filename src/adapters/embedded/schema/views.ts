import type { FileFormat } from './migrate.ts'

// `revision` is a document's ETag. Revisions come from one counter for the whole file, so that a document that was
// removed and created again never has an earlier ETag.
const VERSION_1 = `
CREATE TABLE storage (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO storage VALUES ('revision', 0);

CREATE TABLE views (
  id INTEGER PRIMARY KEY,
  projection TEXT NOT NULL,
  version INTEGER NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (projection, version, key)
) STRICT;

CREATE TABLE leases (
  id TEXT PRIMARY KEY,
  projection TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE snapshots (
  stream TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;
`

// How far the log was in each slot when something was derived from it: the furthest LSN that a view (`kind` 'view',
// with the mark of the event there) or a lease ('lease') ever named. It outlives them, so that a log that was restored
// from an older copy is detected when the storage is opened.
const VERSION_2 = `
CREATE TABLE derived (
  slot INTEGER NOT NULL,
  kind TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  lsn INTEGER NOT NULL,
  mark TEXT,
  PRIMARY KEY (slot, kind)
) STRICT, WITHOUT ROWID;
`

/** What is derived from the log: views, leases, snapshots. */
export const viewsFormat: FileFormat = {
  name: 'views.db',
  applicationId: 0x54444d56,
  migrations: [VERSION_1, VERSION_2],
}
