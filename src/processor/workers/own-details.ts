import { builtin } from '../../core/builtin-modules.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { ToldDetails } from './worker-details.ts'
import { createLoadMeter, type LoadMeter, noLoad } from './worker-load.ts'

/** What a worker tells about its own process. */
export type OwnDetails = {
  /** The details at this moment; the load is measured from the first call on. */
  read(): ToldDetails
  /** Ends measuring the load. */
  stop(): void
}

/**
 * Describes the process of a worker, which starts now. Load is measured only by the machine's clock: CPU time and late
 * timers mean nothing in another time.
 *
 * @param release what the application calls its release, if it has a name for it
 */
export function ownDetails(clock: Clock, release: string | null): OwnDetails {
  const host = builtin.os().hostname()
  const startedAt = new Date(clock.now()).toISOString()
  let meter: LoadMeter | undefined
  let load: ToldDetails['load'] = null
  return {
    read() {
      meter ??= clock === systemClock ? createLoadMeter() : noLoad
      load = meter.read() ?? load
      return { host, pid: process.pid, release, startedAt, load }
    },
    stop: () => meter?.stop(),
  }
}
