import { InvalidConfiguration } from '../core/errors/input.ts'
import { idFault } from '../core/ids.ts'

/** The numbers that control a processor; all times in milliseconds. */
export type ProcessorSettings = {
  /** The maximum number of events that are read and folded at once; default 10,000. */
  readonly pageSize: number
  /** The maximum number of views that are saved at once; default 512. */
  readonly concurrency: number
  /**
   * How long a lease is valid after each renewal: the ranges of a killed worker are taken over within this time plus
   * one `pollInterval`. Clocks of workers may differ by a fifth of it. At least 100; default 15,000.
   */
  readonly leaseDuration: number
  /**
   * How often the worker sends its heartbeat, which renews its leases: at most half of `leaseDuration`; default a third
   * of it.
   */
  readonly renewInterval: number
  /**
   * How often the leases are checked; default 1,000, or a third of `leaseDuration` if that is less. A worker that owns
   * all ranges and is alone checks only as often as it renews.
   */
  readonly pollInterval: number
  /** After how long without progress a range that is behind counts as stalled; default 60,000. */
  readonly stalledAfter: number
  /** After how long a reaction that waits for its destination is shown as waiting; default 60,000. */
  readonly waitingAfter: number
  /** How long a range may be unowned before the health check fails; default twice `leaseDuration`. */
  readonly unownedAfter: number
}

const SHORTEST_LEASE = 100

/** Sets defaults. @throws InvalidConfiguration */
export function settingsOf(options: Partial<ProcessorSettings>): ProcessorSettings {
  const { leaseDuration = 15_000 } = options
  const settings: ProcessorSettings = {
    pageSize: options.pageSize ?? 10_000,
    concurrency: options.concurrency ?? 512,
    leaseDuration,
    renewInterval: options.renewInterval ?? Math.floor(leaseDuration / 3),
    pollInterval: options.pollInterval ?? Math.min(1_000, Math.floor(leaseDuration / 3)),
    stalledAfter: options.stalledAfter ?? 60_000,
    waitingAfter: options.waitingAfter ?? 60_000,
    unownedAfter: options.unownedAfter ?? 2 * leaseDuration,
  }
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new InvalidConfiguration(name, 'must be a whole number from 1')
  }
  if (leaseDuration < SHORTEST_LEASE) {
    throw new InvalidConfiguration('leaseDuration', `must be at least ${SHORTEST_LEASE} milliseconds`)
  }
  for (const name of ['renewInterval', 'pollInterval'] as const) {
    if (settings[name] > leaseDuration / 2) {
      throw new InvalidConfiguration(name, 'must be at most half of leaseDuration')
    }
  }
  return settings
}

/** @throws InvalidConfiguration if a text cannot name a worker in every storage */
export function assertWorkerId(workerId: string): void {
  const fault = idFault(workerId)
  if (fault !== undefined) throw new InvalidConfiguration('workerId', fault)
}

/** @throws InvalidConfiguration if it is not what a release can be called */
export function assertRelease(release: unknown): void {
  if (release === undefined) return
  const isName = typeof release === 'string' && release.length >= 1 && release.length <= 200
  if (!isName) throw new InvalidConfiguration('release', 'must be a text of 1 to 200 characters')
}
