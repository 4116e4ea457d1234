/** A file of a storage. */
export type FileHealth = {
  readonly name: string
  readonly bytes: number
  /** Bytes of its write-ahead log, which is written into the file from time to time. */
  readonly walBytes: number
}

/** What a database tells about itself at little cost; null where it does not. */
export type StorageHealth = {
  /** Milliseconds until it responded. */
  readonly ping: number
  /** Bytes that all data takes up, with indexes and write-ahead logs. */
  readonly bytes: number | null
  /** The disk of the data, in bytes; free is what this process, or the database, may still use. */
  readonly disk: { readonly free: number; readonly total: number } | null
  /** Its files; none if the database does not show them. */
  readonly files: readonly FileHealth[]
}

/** Measures how long a ping takes, in milliseconds. @throws what the ping throws */
export async function timedPing(ping: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await ping()
  return performance.now() - begun
}
