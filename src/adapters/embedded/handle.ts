import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StorageLimits } from '../../core/port/storage.ts'
import { ChangeWatch } from './sqlite/change-watch.ts'
import type { Database } from './sqlite/database.ts'
import type { DocumentAnswer, DocumentItem, LogAnswer, LogItem, WriterKind } from './writer/messages.ts'
import { Writer } from './writer/writer.ts'

/** A file as this thread has it: a connection to read with, its writer, and word of changes. */
export type OpenFile<Item, Answer extends readonly unknown[]> = {
  readonly database: Database
  readonly writer: Writer<Item, Answer>
  readonly watch: ChangeWatch
}

/** One opening of a folder: what its interfaces share. */
export type Handle = {
  readonly log: OpenFile<LogItem, LogAnswer>
  readonly documents: OpenFile<DocumentItem, DocumentAnswer>
  /** The feed ranges as the folder was made with, by slot; each may have been cut since. */
  readonly ranges: readonly FeedRange[]
  readonly incarnation: string
  readonly limits: StorageLimits
  readonly clock: Clock
  /** @throws StorageClosed */
  assertOpen(): void
  /**
   * To be awaited before each read. Reads are synchronous, so a loop of them would never let the event loop turn;
   * after some milliseconds of them this does. @throws StorageClosed
   */
  ready(): Promise<void>
}

/** Joins a connection with a writer and a watch. */
export function openFile<Item, Answer extends readonly unknown[]>(
  kind: WriterKind,
  database: Database,
  busyTimeout: number,
): OpenFile<Item, Answer> {
  const watch = new ChangeWatch(database)
  const writer = new Writer<Item, Answer>({ kind, path: database.path, busyTimeout, written: () => watch.look() })
  return { database, writer, watch }
}

/** Ends what was begun with a file, then frees it. */
export async function closeFile<Item, Answer extends readonly unknown[]>(file: OpenFile<Item, Answer>): Promise<void> {
  const { database, writer, watch } = file
  watch.close()
  await writer.close()
  database.close()
}

const TURN_AFTER = 5

/** Whether a storage is open, and the pauses between its reads. */
export function openness(): Pick<Handle, 'assertOpen' | 'ready'> & { readonly close: () => void } {
  let closed = false
  let turned = performance.now()
  const assertOpen = () => {
    if (closed) throw new StorageClosed()
  }
  return {
    assertOpen,
    async ready() {
      assertOpen()
      if (performance.now() - turned < TURN_AFTER) return
      await turn()
      turned = performance.now()
      assertOpen()
    },
    close: () => {
      closed = true
    },
  }
}
