import { type Clock, systemClock } from '../../core/clock.ts'
import type { PrivacyVault } from '../../privacy/index.ts'
import { startProgress } from '../support/progress.ts'

// How often the progress is updated, in milliseconds.
const TICK = 250

/**
 * Finishes forgetting a person, which a worker would do, too, and resolves when their marker is in the log.
 *
 * @param signal ends the wait; a worker then finishes it
 * @returns whether it is finished: not if the wait was ended
 * @throws the failure that prevented it
 */
export async function waitUntilForgotten(
  vault: Pick<PrivacyVault, 'forget' | 'finishDue'>,
  person: string,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<boolean> {
  // For a person who was forgotten before, it returns when their marker is due.
  const due = (await vault.forget(person)).unreadableBy.getTime()
  const began = clock.now()
  const progress = startProgress(Math.max(0, due - began))
  try {
    while (!signal.aborted && clock.now() < due) {
      progress.update(clock.now() - began, 'until no process can have the key')
      await clock.sleep(Math.min(TICK, due - clock.now()), signal)
    }
    // By its time, one pass finishes everybody who is due, or throws.
    if (signal.aborted) return false
    await vault.finishDue()
    return true
  } finally {
    progress.stop()
  }
}
