import type { Logger } from 'pino'

// Milliseconds until the first reminder, and the longest pause between two.
const FIRST = 60_000
const LONGEST = 3_600_000

/** Logs that a worker is on standby, so that it does not look as if it hung. */
export type StandbyLog = {
  /** @param standby whether the worker is on standby from now on */
  tell(standby: boolean): void
  stop(): void
}

/** Makes a log that repeats itself while the worker is on standby: after a minute, then after twice as long each time. */
export function createStandbyLog(log: Pick<Logger, 'info'>): StandbyLog {
  let timer: NodeJS.Timeout | undefined

  function remind(pause: number): void {
    timer = setTimeout(() => {
      log.info('still on standby: other workers own all feed ranges')
      remind(Math.min(2 * pause, LONGEST))
    }, pause).unref()
  }

  return {
    tell(standby) {
      clearTimeout(timer)
      if (!standby) return log.info('no longer on standby: this worker owns feed ranges')
      log.info('on standby: other workers own all feed ranges; this one takes over when one of them stops')
      remind(FIRST)
    },
    stop: () => clearTimeout(timer),
  }
}
