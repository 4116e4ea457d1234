import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** A stored procedure as it is registered. */
export type Procedure = {
  /** The file's name and a hash of its text, so that two releases can run at once. */
  readonly id: string
  readonly body: string
}

export type Procedures = { readonly append: Procedure; readonly tombstone: Procedure }

let loading: Promise<Procedures> | undefined

/** The stored procedures that this package brings along. */
export function loadProcedures(): Promise<Procedures> {
  loading ??= Promise.all([load('append-to-stream'), load('tombstone-stream')]).then(([append, tombstone]) => ({
    append,
    tombstone,
  }))
  return loading
}

async function load(name: string): Promise<Procedure> {
  const body = await readFile(new URL(`../../../../stored-procedures/${name}.js`, import.meta.url), 'utf8')
  return { id: `${name}-${createHash('sha256').update(body).digest('hex').slice(0, 16)}`, body }
}
