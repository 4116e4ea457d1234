import { StorageMoved } from '../../../core/errors/storage.ts'
import { Database } from '../sqlite/database.ts'
import { placementOf } from '../sqlite/file-identity.ts'
import { BatchServer } from './batch-server.ts'
import { DocumentWriter } from './document-writer.ts'
import { LogWriter } from './log-writer.ts'
import type { DocumentAnswer, DocumentItem, LogAnswer, LogItem, WriterData } from './messages.ts'

/** A writer's own connection, and the function that writes batches through it. */
export type OpenWriter = {
  readonly database: Database
  readonly server: BatchServer<LogItem, LogAnswer> | BatchServer<DocumentItem, DocumentAnswer>
}

/**
 * Opens a file for writing.
 *
 * @throws StorageMoved if the files are no longer there, or what SQLite throws
 */
export function openWriter({ kind, identity, busyTimeout, incarnation }: Omit<WriterData, 'sent'>): OpenWriter {
  let opened: Database | undefined
  try {
    const database = new Database(identity.path, busyTimeout, { mustExist: true })
    opened = database
    database.configure()
    const server =
      kind === 'log'
        ? new BatchServer(database, new LogWriter(database), identity, busyTimeout)
        : new BatchServer(database, new DocumentWriter(database, incarnation), identity, busyTimeout)
    return { database, server }
  } catch (cause) {
    opened?.close()
    throw placementOf(identity).state === 'inPlace' ? cause : new StorageMoved(identity.path, { cause })
  }
}
