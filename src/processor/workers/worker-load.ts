import { builtin } from '../../core/builtin-modules.ts'

/** How busy the process of a worker was. */
export type WorkerLoad = {
  /** The CPU time that the whole process used, all threads included, per time that passed: 1 is one core. */
  readonly cpu: number
  /**
   * How late the event loop was: 99 of 100 times no later than this, in milliseconds. One long block among few samples
   * is the value itself.
   */
  readonly delay: number
  /** Over how many milliseconds this was measured. */
  readonly over: number
}

/** Measures the load of this process between one call and the next. */
export type LoadMeter = {
  /** The load since the last call that returned one, or since the meter began; null if that is too short to tell. */
  read(): WorkerLoad | null
  /** Ends measuring. */
  stop(): void
}

// Milliseconds between the samples of the event loop: a twentieth of the lateness that matters would cost ten times as
// much.
const EVERY = 50

// A shorter time has too few samples.
const SHORTEST = 10 * EVERY

/** Measures nothing, for workers whose time is not the machine's. */
export const noLoad: LoadMeter = { read: () => null, stop: () => {} }

/** Begins to measure the load of this process. It keeps no process alive. */
export function createLoadMeter(): LoadMeter {
  const delays = builtin.performance().monitorEventLoopDelay({ resolution: EVERY })
  delays.enable()
  let at = performance.now()
  let used = process.cpuUsage()
  return {
    read() {
      const over = performance.now() - at
      if (over < SHORTEST) return null
      const { user, system } = process.cpuUsage(used)
      // A sample is the time since the one before, so an idle loop has the interval itself. Without any sample, the
      // loop did not turn at all.
      const latest = delays.count > 0 ? delays.percentile(99) / 1e6 : over
      at = performance.now()
      used = process.cpuUsage()
      delays.reset()
      return {
        cpu: rounded((user + system) / 1_000 / over, 3),
        delay: rounded(Math.max(0, latest - EVERY), 1),
        over: Math.round(over),
      }
    },
    stop() {
      delays.disable()
    },
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))
