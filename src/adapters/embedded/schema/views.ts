import type { FileFormat } from './migrate.ts'

// `revision` is a document's ETag. Revisions come from one counter for the whole file, so that a document that was
// removed and made again never has an ETag that it had before.
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

/** What is derived from the log: views, leases, snapshots. */
export const viewsFormat: FileFormat = {
  name: 'views.db',
  applicationId: 0x54444d56,
  migrations: [VERSION_1],
}
