import type { Clock } from '../../core/clock.ts'
import type { OpenOptions, StoragePort } from '../../core/port/storage.ts'

/** What a case opens storages with; everything that it opens is closed after it. */
export type ConformanceContext = {
  /** A fresh, empty database; each call returns another one. */
  open(options?: { readonly clock?: Clock }): Promise<StoragePort>
  /** A second handle onto the same database, like another process's. */
  reopen(port: StoragePort, options?: OpenOptions): Promise<StoragePort>
  /**
   * Removes the events of a stream from a version on behind the storage's back, as restoring an older copy of the log
   * does: heads and counters go back, so that their versions and LSNs are assigned again. They are the last ones of
   * their feed range. The port stays open. Cases of the group `log identity` need it.
   */
  loseTail?(port: StoragePort, streamId: string, from: number): Promise<void>
  /** How many feed ranges a fresh database has. */
  readonly ranges: number
}

/** One guarantee of the port, and its check. It rejects with an `AssertionError` if it is violated. */
export type ConformanceCase = {
  /** The interface, or the part of it. */
  readonly group: string
  readonly name: string
  run(context: ConformanceContext): Promise<void>
}

/** What an adapter provides for the suite. */
export type ConformanceAdapter = ConformanceContext & {
  /** Removes the databases that were opened, after all handles onto them were closed. */
  cleanUp?(): Promise<void>
}

/** Creates the cases of a group from functions by name. */
export const casesOf = (
  group: string,
  runs: { readonly [name: string]: (context: ConformanceContext) => Promise<void> },
): readonly ConformanceCase[] => Object.entries(runs).map(([name, run]) => ({ group, name, run }))

/** Runs one case against an adapter, then closes what it opened. @throws the failure of the case */
export async function runConformanceCase(conformanceCase: ConformanceCase, adapter: ConformanceAdapter): Promise<void> {
  const opened: StoragePort[] = []
  const keep = (port: StoragePort) => {
    opened.push(port)
    return port
  }
  try {
    await conformanceCase.run({
      ranges: adapter.ranges,
      open: async (options) => keep(await adapter.open(options)),
      reopen: async (port, options) => keep(await adapter.reopen(port, options)),
      ...(adapter.loseTail && { loseTail: adapter.loseTail }),
    })
  } finally {
    for (const port of opened.reverse()) await port.close()
    await adapter.cleanUp?.()
  }
}
