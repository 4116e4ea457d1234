import { notify } from '../../core/async/callbacks.ts'
import type { Changes } from '../../core/async/changes.ts'
import { type FinishResult, finishDue } from './finish.ts'
import type { Forgetting } from './forgetting.ts'

// How often, in milliseconds, a process looks for people whom another one began to forget.
const LOOK_EVERY = 5000

/**
 * Finishes what forgetting people began, until it is aborted; see `Vault.finishForgetting`.
 *
 * @param begun notified when this process forgets a person
 */
export async function keepFinishing(
  forgetting: Forgetting,
  begun: Changes,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  const { clock, store } = forgetting
  const handled = new Set<string>()
  const report = (error: unknown) => {
    if (!signal.aborted) notify(failed, error)
  }
  await store.index().catch(report)
  while (!signal.aborted) {
    const since = begun.count
    const { next } = await finishDue(forgetting, handled, report, signal).catch((error: unknown): FinishResult => {
      report(error)
      return { finished: 0 }
    })
    const wait = Math.min(LOOK_EVERY, Math.max(1, (next?.getTime() ?? Number.POSITIVE_INFINITY) - clock.now()))
    await begun.next(wait, signal, since)
  }
}
