// As in the simulator, all is a matter of how it compares with a lease; time is real.
const lease = 600

/** Times of a run: milliseconds. */
export const PACE = {
  lease,
  /** Between two looks at the leases, and between two at the feed. */
  poll: lease / 4,
  /** Between two looks of somebody who follows the feed, at most. */
  look: lease / 20,
  /** How long faults go on, at least and at most. */
  shortest: 3 * lease,
  longest: 6 * lease,
  /** Between two troubles of some process, at most. */
  trouble: lease,
  /** How long a worker stands still at most, and how long a command may be held up. */
  pause: 2 * lease,
  held: 40,
  /** Until another process is there after one that ended. */
  restart: lease / 2,
  /** What one call may take. */
  deadline: 2.5 * lease,
} as const

/** What everybody in a run shares. */
export type World = {
  /** The connection string of the server, or of the replica set. */
  readonly server: string
  readonly database: string
  readonly random: () => number
  /** How often each trouble came about. */
  readonly troubles: Map<Trouble, number>
  /** Whether nothing goes wrong any more. */
  readonly isOver: boolean
  fail(failure: string): void
}

/** All that goes wrong: with processes, and with their commands. */
export const TROUBLES = ['crash', 'outage', 'jump', 'pause', 'cutBefore', 'cutAfter', 'dropAnswer', 'delay'] as const

/** What goes wrong. */
export type Trouble = (typeof TROUBLES)[number]

/** Notes a trouble. */
export const note = ({ troubles }: World, trouble: Trouble): void =>
  void troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1)

/** A failure in a few words. */
export const tell = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? String(error)) : String(error)
