import type { FileFormat } from './migrate.ts'

/**
 * An event's row id is its slot times this, plus its LSN: a feed range is one contiguous scan of the table itself,
 * without an index. 2^43 LSNs for each of 256 slots stay below 2^53.
 */
export const SLOT_SIZE = 2 ** 43

/** The maximum number of feed ranges of a folder. */
export const MAX_RANGES = 256

/** The feed ranges of a new folder for which no number is given: up to four workers share it. */
export const DEFAULT_RANGES = 4

// Why the columns are what they are:
// - `remaining` counts the rows of the same append that follow. So pos + remaining is the append's last row: its id.
// - `latest` is the highest recorded_at of the slot up to this row. It never goes back, so that reading the feed from
//   a time is a binary search although clocks do go back.
// - The index of event ids begins with the id: ids of UUIDv7 arrive in order and fill one page after the other. With
//   the stream in front each append would dirty one more page, which halves the speed of appending.
// - A stream's head is not stored: it is the last entry of the stream in an index.
// - An erased stream keeps its tombstone, so the last row of a slot is never removed, and no LSN comes again.
const VERSION_1 = `
CREATE TABLE storage (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  slot INTEGER NOT NULL,
  deleted INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  pos INTEGER PRIMARY KEY,
  remaining INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL,
  UNIQUE (stream, version),
  UNIQUE (event_id, stream)
) STRICT;

CREATE INDEX events_by_type ON events (type, recorded_at);

CREATE VIEW log AS
SELECT
  events.pos / ${SLOT_SIZE} AS slot,
  events.pos % ${SLOT_SIZE} AS lsn,
  streams.name AS stream,
  events.version,
  events.type,
  strftime('%Y-%m-%dT%H:%M:%fZ', events.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
  events.event_id,
  events.data,
  events.metadata
FROM events JOIN streams ON streams.id = events.stream;
`

/** The log. */
export const eventsFormat: FileFormat = {
  name: 'events.db',
  applicationId: 0x54444d45,
  migrations: [VERSION_1],
}
