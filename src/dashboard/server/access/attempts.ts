import type { Clock } from '../../../core/clock.ts'

/** The wrong tokens of each address. */
export type Attempts = {
  /** Seconds that an address must wait; undefined if it may try. */
  wait(address: string): number | undefined
  failed(address: string): void
}

const MOST_WRONG = 10
const WINDOW = 60_000

// Of more addresses than these, the ones that failed first are forgotten.
const MOST_ADDRESSES = 1_000

/** Lets each address try ten wrong tokens a minute. */
export function createAttempts(clock: Pick<Clock, 'now'>): Attempts {
  const wrong = new Map<string, readonly number[]>()
  const recent = (address: string) => (wrong.get(address) ?? []).filter((at) => Math.abs(clock.now() - at) < WINDOW)
  return {
    wait(address) {
      const times = recent(address)
      const [first] = times
      if (first === undefined || times.length < MOST_WRONG) return undefined
      return Math.max(1, Math.ceil((first + WINDOW - clock.now()) / 1000))
    },
    failed(address) {
      const times = recent(address)
      wrong.delete(address)
      wrong.set(address, [...times, clock.now()])
      const [oldest] = wrong.keys()
      if (wrong.size > MOST_ADDRESSES && oldest !== undefined) wrong.delete(oldest)
    },
  }
}
