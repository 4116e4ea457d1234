import type { Silence } from '../model/alert.ts'
import { type SilenceRecord, toSilence } from './silence-record.ts'

/** The silences that this process knows. */
export type KnownSilences = {
  /** Takes over what was read, unless something later is known. @returns whether that changed anything */
  put(record: SilenceRecord): boolean
  /** Those that are not over at a time, in milliseconds since 1970; the one that ends first comes first. */
  at(now: number): readonly Silence[]
}

/** Creates an empty list. */
export function createKnownSilences(): KnownSilences {
  const byId = new Map<string, SilenceRecord>()
  return {
    put(record) {
      const known = byId.get(record.id)
      if (record.id === '' || (known && known.version >= record.version)) return false
      byId.set(record.id, record)
      return true
    },
    at(now) {
      for (const [id, { until }] of byId) if (Date.parse(until) <= now) byId.delete(id)
      return [...byId.values()]
        .filter(({ endedAt }) => endedAt === null)
        .sort((a, b) => (a.until < b.until ? -1 : 1))
        .map(toSilence)
    },
  }
}
