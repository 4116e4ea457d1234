import type { VerifyProgress } from '../../integrity/index.ts'
import { type Progress, startProgress } from '../support/progress.ts'

/** Shows a bar for each phase of a verification. */
export function startPhases(): { update(progress: VerifyProgress): void; stop(): void } {
  let bar: Progress | undefined
  let last: VerifyProgress['phase'] | undefined
  return {
    update({ phase, done, total }) {
      if (phase !== last) {
        bar?.stop()
        bar = startProgress(total)
        last = phase
      }
      // The total is an estimate.
      bar?.update(Math.min(done, total), phase)
    },
    stop: () => bar?.stop(),
  }
}
