import type { StoragePort } from '../../core/port/storage.ts'
import { documentsOf } from '../../integrity/ledger/documents.ts'
import type { MetricsHistory } from '../history/history.ts'
import type { SavedMinutes } from '../history/saved-minutes.ts'
import type { Evaluator } from '../model/parts.ts'

/** The minutes of the history and of the objectives, kept between two runs: they are numbers, and no events. */
export type SavedNumbers = {
  /** Takes over what is stored. @param now milliseconds since 1970 */
  load(now: number): Promise<void>
  /** Stores the hour of a time, and the minutes of the objectives. */
  save(now: number): Promise<void>
}

const HOUR = 3_600_000
const HOURS = 48
const OBJECTIVES = 'objectives'

/** Keeps them in one document for each hour. */
export function createSavedNumbers(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  history: MetricsHistory,
  evaluator: Pick<Evaluator, 'save' | 'load'>,
): SavedNumbers {
  const documents = documentsOf(viewStore, { projection: '$history', version: 1, incarnation })

  async function put(key: string, content: object): Promise<void> {
    const stored = await documents.get(key)
    await documents.save(key, { ...content }, stored ? { ifMatch: stored.etag } : 'ifAbsent')
  }

  return {
    async load(now) {
      const hours = Array.from({ length: HOURS + 1 }, (_, i) => keyOf(now - i * HOUR))
      const found = await documents.getMany([...hours, OBJECTIVES])
      for (const hour of hours.reverse()) {
        const saved = found.get(hour)
        if (isSavedMinutes(saved)) history.load(saved)
      }
      const objectives = found.get(OBJECTIVES)
      if (objectives) evaluator.load(objectives)
    },
    async save(now) {
      const begin = Math.floor(now / HOUR) * HOUR
      await put(keyOf(now), history.save(begin, begin + HOUR))
      await put(OBJECTIVES, evaluator.save())
      await documents.remove(keyOf(now - (HOURS + 1) * HOUR))
    },
  }
}

/** `2026-11-30T08` */
const keyOf = (time: number): string => new Date(time).toISOString().slice(0, 13)

const isSavedMinutes = (saved: object | undefined): saved is SavedMinutes =>
  saved !== undefined && 'from' in saved && typeof saved.from === 'number' && 'series' in saved
