import type { PayloadCache } from './payload-store.ts'

/** Fills of the cache that are under way in this process, so that none outlives the removal of its owner's entries. */
export type CacheFills = {
  /** Begins work whose results may be cached. Call `fill` at most once, and `end` in any case. */
  begin(): CacheFill
  /**
   * Keeps the entries with this prefix out of all fills that have begun, and waits for those that are already being
   * written. What is removed from the cache afterwards is not put back by this process.
   */
  stop(prefix: string): Promise<void>
}

/** One fill. */
export type CacheFill = {
  /** Caches entries, except those that were stopped. Never fails. */
  fill(entries: readonly (readonly [key: string, content: Uint8Array])[]): Promise<void>
  end(): void
}

/** Creates the tracking of fills of one cache. */
export function cacheFills(cache: PayloadCache | undefined): CacheFills {
  const open = new Set<{ readonly stopped: string[]; writing?: Promise<void> }>()
  return {
    begin() {
      const own: { readonly stopped: string[]; writing?: Promise<void> } = { stopped: [] }
      open.add(own)
      return {
        async fill(entries) {
          const allowed = entries.filter(([key]) => !own.stopped.some((prefix) => key.startsWith(prefix)))
          if (cache === undefined || allowed.length === 0) return
          own.writing = cache.set(allowed).catch(() => {})
          await own.writing
        },
        end: () => void open.delete(own),
      }
    },
    async stop(prefix) {
      for (const { stopped } of open) stopped.push(prefix)
      await Promise.all([...open].map(({ writing }) => writing))
    },
  }
}
