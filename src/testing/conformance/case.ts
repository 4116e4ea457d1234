import type { Clock } from '../../core/clock.ts'
import type { OpenOptions, StoragePort } from '../../core/port/storage.ts'

/** What a case opens storages with; whatever it opens is closed after it. */
export type ConformanceContext = {
  /** A fresh, empty database; each call gives another one. */
  open(options?: { readonly clock?: Clock }): Promise<StoragePort>
  /** A second handle onto the same database, as another process would have it. */
  reopen(port: StoragePort, options?: OpenOptions): Promise<StoragePort>
  /**
   * Takes the events of a stream from a version on away behind the storage's back, as a restored older copy of the log
   * does: heads and counters go back, so that their versions and LSNs are given again. They are the last ones of their
   * feed range. The port stays open. Cases of the group `log identity` need it.
   */
  loseTail?(port: StoragePort, streamId: string, from: number): Promise<void>
  /** How many feed ranges a fresh database has. */
  readonly ranges: number
}

/** One promise of the port, and how it is checked. It rejects with an `AssertionError` where it is broken. */
export type ConformanceCase = {
  /** The interface, or the part of it. */
  readonly group: string
  readonly name: string
  run(context: ConformanceContext): Promise<void>
}

/** What an adapter gives to be checked. */
export type ConformanceAdapter = ConformanceContext & {
  /** Removes the databases that were opened, after all handles onto them were closed. */
  cleanUp?(): Promise<void>
}

/** Makes the cases of a group out of functions by name. */
export const casesOf = (
  group: string,
  runs: { readonly [name: string]: (context: ConformanceContext) => Promise<void> },
): readonly ConformanceCase[] => Object.entries(runs).map(([name, run]) => ({ group, name, run }))

/** Runs one case against an adapter, then closes what it opened. @throws what the case found */
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
