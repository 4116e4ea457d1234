import { reused } from '../../../core/async/reused.ts'
import type { Clock } from '../../../core/clock.ts'
import { countText } from '../../../operations/words/amounts.ts'
import type { ForgettingProgress } from '../../../privacy/forgetting/progress.ts'
import type { PrivacyRow } from '../../contract/topics.ts'
import { knownFault } from '../../payloads/fault.ts'
import type { TopicSource } from '../topic-source.ts'

/** Milliseconds between two readings of the storage of the keys. */
const EVERY = 10_000

/** Milliseconds after which what is overdue is late: a worker that runs finishes it within seconds. */
const LATE_AFTER = 60_000

/**
 * Whether those who were forgotten are forgotten everywhere.
 *
 * @param progress undefined if there is no vault
 */
export function privacy(
  progress: () => Promise<ForgettingProgress | undefined>,
  clock: Pick<Clock, 'now'>,
): TopicSource<'privacy'> {
  const read = reused(clock, EVERY, async () => {
    try {
      const found = await progress()
      return found === undefined ? {} : { vault: rowOf(found, clock.now()) }
    } catch (error) {
      return { vault: unknown(error) }
    }
  })
  return { on: ['snapshot'], rows: read }
}

function rowOf({ people, forgotten, unfinished, overdueSince }: ForgettingProgress, now: number): PrivacyRow {
  const isLate = overdueSince !== null && now - Date.parse(overdueSince) > LATE_AFTER
  return {
    ...{ forgotten, pending: unfinished },
    state: isLate ? 'late' : 'ok',
    lateSince: isLate ? overdueSince : null,
    detail: `${inWords(isLate, unfinished)} The vault knows ${people === 1 ? '1 person' : `${countText(people)} people`}.`,
  }
}

function inWords(isLate: boolean, unfinished: number): string {
  if (isLate) return 'Forgetting is late.'
  return unfinished === 0 ? 'All forgetting is finished.' : 'Forgetting is under way.'
}

function unknown(error: unknown): PrivacyRow {
  const { code, message } = knownFault(error)
  const detail = `The documents of the keys could not be read (${code}): ${message}`
  return { state: 'unknown', forgotten: null, pending: null, lateSince: null, detail }
}
