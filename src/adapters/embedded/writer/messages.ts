import type { ExpectedVersion } from '../../../core/expected-version.ts'

// What crosses between the main thread and a writer's: arrays of plain values, which are the cheapest to clone, and of
// an error no more than its text and code.

/** What a writer thread is asked. */
export type LogItem =
  | readonly [
      kind: 'append' | 'tombstone',
      streamId: string,
      slot: number,
      expected: ExpectedVersion,
      /** Milliseconds since 1970. */
      now: number,
      /** Event id, type, data and metadata of each event, one after the other. */
      events: readonly string[],
    ]
  | readonly [kind: 'erase', streamId: string, limit: number]

/** What the log's writer answers. */
export type LogAnswer =
  | readonly [kind: 'appended' | 'duplicate', version: number, lsn: number]
  | readonly [kind: 'conflict', actual: number]
  | readonly [kind: 'reused', eventId: string]
  | readonly [kind: 'deleted']
  | readonly [kind: 'absent']
  | readonly [kind: 'erased', done: boolean]

/** A revision to be replaced, or null where there must be none. */
export type Replaces = number | null

/** What the writer of views, leases and snapshots is asked. */
export type DocumentItem =
  | readonly [
      kind: 'view',
      projection: string,
      version: number,
      key: string,
      replaces: Replaces,
      gone: boolean,
      document: string,
    ]
  | readonly [kind: 'drop', projection: string, version: number, limit: number]
  | readonly [kind: 'lease', id: string, projection: string, version: number, replaces: Replaces, document: string]
  | readonly [kind: 'removeLease', id: string, replaces: number]
  | readonly [kind: 'snapshot', streamId: string, document: string]
  | readonly [kind: 'removeSnapshot', streamId: string]

/** What it answers. */
export type DocumentAnswer =
  | readonly [kind: 'saved', revision: number]
  | readonly [kind: 'refused']
  | readonly [kind: 'done', all: boolean]

/** An error that an item met. */
export type Failure = { readonly message: string; readonly errcode?: number }

/** An answer, which is an array, or a failure, which is none. */
export type Outcome<Answer> = Answer | Failure

/** Which file a writer thread writes. */
export type WriterKind = 'log' | 'documents'

/** What a writer thread is started with. */
export type WriterData = {
  readonly kind: WriterKind
  readonly path: string
  readonly busyTimeout: number
  /** Counts the messages sent, so that the thread can sleep until the next one without an event loop. */
  readonly sent: Int32Array
}

/** What a writer thread says before anything else. */
export type Started = 'ready' | Failure
