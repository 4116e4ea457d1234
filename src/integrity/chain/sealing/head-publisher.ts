import { Changes } from '../../../core/async/changes.ts'
import type { Clock } from '../../../core/clock.ts'
import { ChainDiverged } from '../../../core/errors/integrity.ts'
import type { HeadReport } from '../../heads/head-report.ts'

/** Signs and publishes heads in the background, while blocks are written. */
export type HeadPublisher = {
  /** Says that there may be a new block. */
  sealed(): void
  /** Publishes the newest head, if that is due, and resolves when nothing is running any more. */
  end(): Promise<void>
}

// Milliseconds between two heads; after a head that some anchor does not keep; and after one that contradicts an anchor,
// which a person must look at.
const PAUSE = 2_000
const RETRY = 30_000
const DIVERGED = 300_000

/**
 * @param publish publishes the newest head
 * @param failed receives the failures, which end nothing
 */
export function createHeadPublisher(
  publish: () => Promise<HeadReport>,
  clock: Clock,
  failed: (error: unknown) => void,
): HeadPublisher {
  const changes = new Changes(clock)
  const ending = new AbortController()
  // What was sealed before this process started may not be published.
  let isDue = true
  let mayTry = true

  async function attempt(): Promise<number> {
    isDue = false
    try {
      const { anchors } = await publish()
      if (anchors.every(({ state }) => state === 'current')) return PAUSE
    } catch (error) {
      failed(error)
      if (error instanceof ChainDiverged) {
        mayTry = false
        return DIVERGED
      }
    }
    isDue = true
    return RETRY
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const seen = changes.count
      if (!isDue) await changes.next(Number.POSITIVE_INFINITY, ending.signal, seen)
      if (ending.signal.aborted) break
      await clock.sleep(await attempt(), ending.signal)
      if (!ending.signal.aborted) mayTry = true
    }
    if (isDue && mayTry) await attempt()
  }

  const running = run()
  return {
    sealed() {
      isDue = true
      changes.notify()
    },
    async end() {
      ending.abort()
      await running
    },
  }
}
