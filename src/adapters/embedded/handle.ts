import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StorageLimits } from '../../core/port/storage.ts'
import type { FolderState } from './identity/folder-state.ts'
import type { DocumentMarks } from './identity/marks.ts'
import { closeRawFile } from './scrub/raw-files.ts'
import { Scrubber } from './scrub/scrubber.ts'
import { closeOpened, type OpenedFile } from './setup.ts'
import { ChangeWatch } from './sqlite/change-watch.ts'
import type {
  DocumentAnswer,
  DocumentItem,
  LogAnswer,
  LogItem,
  Scrub,
  Scrubbed,
  WriterKind,
} from './writer/messages.ts'
import { Writer } from './writer/writer.ts'

/** A file as this thread uses it: a connection for reading, its writer, and notifications of changes. */
export type OpenFile<Item, Answer extends readonly unknown[]> = OpenedFile & {
  readonly writer: Writer<Item | Scrub, Answer | Scrubbed>
  readonly watch: ChangeWatch
  readonly scrubber: Scrubber
}

/** One opening of a folder: what its interfaces share. */
export type Handle = {
  readonly log: OpenFile<LogItem, LogAnswer>
  readonly documents: OpenFile<DocumentItem, DocumentAnswer>
  /** The feed ranges with which the folder was created, by slot; each may have been split since. */
  readonly ranges: readonly FeedRange[]
  readonly incarnation: string
  /** Finds the positions in the log that a document names. */
  readonly marks: DocumentMarks
  readonly limits: StorageLimits
  readonly clock: Clock
  /** Milliseconds to wait for other processes that lock a file. */
  readonly busyTimeout: number
  /** See {@link FolderState.assertOpen}. */
  assertOpen(): void
  /** See {@link FolderState.ready}. */
  ready(): Promise<void>
}

/** What both files of a handle have in common. */
export type Shared = Pick<Handle, 'busyTimeout' | 'incarnation'> & { readonly folderState: FolderState }

/** Combines a connection with a writer and a watch. */
export function openFile<Item, Answer extends readonly unknown[]>(
  kind: WriterKind,
  { database, identity }: OpenedFile,
  { folderState, busyTimeout, incarnation }: Shared,
): OpenFile<Item, Answer> {
  const watch = new ChangeWatch(database, () => folderState.isUsable())
  const writer = new Writer<Item | Scrub, Answer | Scrubbed>({
    kind,
    identity,
    busyTimeout,
    incarnation,
    written: () => watch.look(),
    moved: () => folderState.refuse(identity),
  })
  const scrubber = new Scrubber({
    identity,
    busyTimeout,
    async step(file, from) {
      folderState.assertOpen()
      const [, reached] = (await writer.submit(['scrub', file, from])) as Scrubbed
      return reached
    },
  })
  return { database, identity, writer, watch, scrubber }
}

/** Ends the operations on a file, then frees it. */
export async function closeFile<Item, Answer extends readonly unknown[]>(file: OpenFile<Item, Answer>): Promise<void> {
  const { database, identity, writer, watch } = file
  watch.close()
  await writer.close()
  closeOpened({ database, identity })
  closeRawFile(identity)
}
