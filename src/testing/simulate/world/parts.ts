/** What takes part in a simulation besides workers and their projections. */
export const PARTS = [
  /** Workers keep their names: one restarts under its name after its end, or while its previous process still runs. */
  'names',
  /** Workers whose clocks are hours off for a while, which commands that remove a version do not expect. */
  'clocks',
  /** A projection whose views are stored in parts and merged when they are read. */
  'merged',
  /** Newer and older versions of a projection, and commands that rebuild, drop or activate one. */
  'versions',
  /** A reaction, whose handlers call an external system. */
  'reactions',
  /** Clients that execute commands on aggregates, with periods and without. */
  'aggregates',
  /** Operators who pause and resume projections and reactions. */
  'pauses',
  /** People, whose data is sealed, folded, unique and forgotten. */
  'people',
  /** A chain that the workers seal, and its auditors. */
  'chain',
  /** Timers that handlers schedule, move and cancel, and that workers fire. */
  'timers',
] as const

export type Part = (typeof PARTS)[number]

/** The parts of one run, and how often their events happened. */
export type Parts = {
  /** Whether a part takes part in this run. */
  has(part: Part): boolean
  /** Records that an event of a part happened. */
  count(part: Part, what: string): void
  readonly counts: Readonly<Record<string, number>>
}

/**
 * Chooses the parts of one run: each is in about half of the runs, so that each also runs without the others.
 *
 * @param only the parts to use instead
 */
export function drawParts(random: () => number, only: readonly Part[] | undefined): Parts {
  const drawn = new Set(only ?? PARTS.filter(() => random() < 0.5))
  if (drawn.has('versions')) drawn.delete('clocks')
  const counts: Record<string, number> = {}
  const count = (part: Part, what: string) => {
    const name = `${part}.${what}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  for (const part of drawn) count(part, 'runs')
  return { has: (part) => drawn.has(part), count, counts }
}
