import { DatabaseSync } from 'node:sqlite'
import { durabilityOf } from '../durability.ts'

/** How emmett holds its file: `fileName` alone, as its README opens it, makes a connection for each call. */
export type EmmettMode = 'one connection' | 'file pool'

/** What the benchmarks use of emmett's event store. */
export type EmmettStore = {
  /** What it is and how durable its commits are, as a connection of its says. */
  readonly peer: string
  appendToStream(
    streamName: string,
    events: readonly { readonly type: string; readonly data: object }[],
    options: { readonly expectedStreamVersion: bigint },
  ): Promise<{ readonly nextExpectedStreamVersion: bigint }>
}

type EmmettModule = {
  getSQLiteEventStore(
    options: object,
  ): Pick<EmmettStore, 'appendToStream'> & { readonly schema: { migrate(): Promise<void> } }
  sqliteConnection(options: { readonly fileName: string }): EmmettConnection
}

type EmmettConnection = { close(): void; querySingle(sql: string): Promise<Readonly<Record<string, unknown>> | null> }

/**
 * Opens an event store of emmett as its README says. With `one connection`, one connection is made and handed to the
 * pool; with `file pool`, the pool opens and closes one for each call. Its settings
 * are left as it makes them, and read. The file is put into WAL beforehand, because emmett does not wait
 * for that and ends the process when its first transaction was quicker.
 */
export async function openEmmett(fileName: string, mode: EmmettMode): Promise<EmmettStore & Disposable> {
  const file = new DatabaseSync(fileName)
  file.exec('PRAGMA journal_mode = WAL')
  file.close()
  // Not a literal: the package is no dependency of the project, so the compiler must not look for it.
  const entry = new URL('../../peers/sqlite/emmett.mjs', import.meta.url).href
  const emmett = (await import(entry)) as EmmettModule
  const connection = mode === 'one connection' ? emmett.sqliteConnection({ fileName }) : undefined
  const store = emmett.getSQLiteEventStore({
    fileName,
    schema: { autoMigration: 'CreateOrUpdate' },
    ...(connection && { connectionOptions: { singleton: true, connection } }),
  })
  await store.schema.migrate()
  // The pool makes its connections so, too.
  const asked = connection ?? emmett.sqliteConnection({ fileName })
  const peer = `emmett-sqlite, ${mode}, ${await durabilityIn(asked)}`
  if (asked !== connection) asked.close()
  return {
    peer,
    appendToStream: (streamName, events, options) => store.appendToStream(streamName, events, options),
    [Symbol.dispose]: () => connection?.close(),
  }
}

async function durabilityIn(connection: EmmettConnection): Promise<string> {
  const setting = async (name: string) => (await connection.querySingle(`PRAGMA ${name}`))?.[name]
  const journalMode = String(await setting('journal_mode'))
  return durabilityOf({ journalMode, synchronous: Number(await setting('synchronous')) })
}
