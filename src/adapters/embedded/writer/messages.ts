import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import type { Marks } from '../identity/marks.ts'
import type { Step } from '../scrub/sweeper.ts'
import type { FileIdentity } from '../sqlite/file-identity.ts'

// The messages between the main thread and a writer's: arrays of plain values, which are the cheapest to clone, and
// only the text and code of an error.

/** Requests a step of a sweep: a descriptor of the file, and the page to start with. */
export type Scrub = readonly [kind: 'scrub', file: number, from: number]

/** How the step ended. */
export type Scrubbed = readonly [kind: 'scrubbed', step: Step]

/** A placeholder for the reply during the transaction: the step follows it. */
export const NOT_SCRUBBED: Scrubbed = ['scrubbed', 'busy']

/** A request to the log's writer. */
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
  | Scrub

/** A reply of the log's writer. */
export type LogAnswer =
  | readonly [kind: 'appended' | 'duplicate', version: number, lsn: number]
  | readonly [kind: 'conflict', actual: number]
  | readonly [kind: 'reused', eventId: string]
  | readonly [kind: 'deleted']
  | readonly [kind: 'absent']
  | readonly [kind: 'erased', done: boolean]
  | Scrubbed

/** A revision to be replaced, or null if there must be none. */
export type Replaces = number | null

/** A request to the writer of views, leases and snapshots. */
export type DocumentItem =
  | readonly [
      kind: 'view',
      projection: string,
      version: number,
      key: string,
      replaces: Replaces,
      gone: boolean,
      document: string,
      marks: Marks,
    ]
  | readonly [kind: 'removeView', projection: string, version: number, key: string, replaces: number]
  | readonly [kind: 'index', projection: string, version: number, paths: readonly (readonly string[])[]]
  | readonly [kind: 'drop', projection: string, version: number, limit: number]
  | readonly [
      kind: 'lease',
      id: string,
      projection: string,
      version: number,
      replaces: Replaces,
      document: string,
      marks: Marks,
    ]
  | readonly [kind: 'removeLease', id: string, replaces: number]
  | readonly [kind: 'snapshot', streamId: string, document: string]
  | readonly [kind: 'removeSnapshot', streamId: string]
  | Scrub

/** Its reply. */
export type DocumentAnswer =
  | readonly [kind: 'saved', revision: number]
  | readonly [kind: 'refused']
  | readonly [kind: 'done', all: boolean]
  | Scrubbed

/** The error of an item. */
export type Failure = {
  readonly message: string
  /** SQLite's extended result code, if the error is one of SQLite's. */
  readonly errcode?: number
  /** Whether the files were no longer in their place. */
  readonly moved?: true
}

/** A reply, which is an array, or a failure, which is not. */
export type Outcome<Answer> = Answer | Failure

/** Which file a writer thread writes. */
export type WriterKind = 'log' | 'documents'

/** The data that a writer thread is started with. */
export type WriterData = {
  readonly kind: WriterKind
  /** The files that it must find. */
  readonly identity: FileIdentity
  /** Milliseconds that a batch waits for another process's lock. */
  readonly busyTimeout: number
  /** The log's incarnation, from which documents are derived. */
  readonly incarnation: string
  /** Counts the messages sent, so that the thread can sleep until the next one without an event loop. */
  readonly sent: Int32Array
}

/** A message of a writer thread: the outcome of each item of a batch or, once, why it could not open its file. */
export type ThreadMessage<Answer> = readonly Outcome<Answer>[] | Failure
