/** What takes part in a simulation besides workers and their projections. */
export const PARTS = [
  /** Workers keep their names: one comes back under it after its end, or while its former self still runs. */
  'names',
  /** Workers whose clocks are hours off for a while, which those who remove a version do not reckon with. */
  'clocks',
  /** A projection whose views are stored in parts and merged when they are read. */
  'merged',
  /** Newer and older versions of a projection, and commands that build one again, drop it, or switch to it. */
  'versions',
  /** A reaction, whose handlers call somebody outside. */
  'reactions',
  /** Clients that carry out commands on aggregates, with periods and without. */
  'aggregates',
] as const

export type Part = (typeof PARTS)[number]

/** The parts of one run, and how often what belongs to them happened. */
export type Parts = {
  /** Whether a part takes part in this run. */
  has(part: Part): boolean
  /** Notes that something of a part happened. */
  count(part: Part, what: string): void
  readonly counts: Readonly<Record<string, number>>
}

/**
 * Draws the parts of one run: each is there in every other one, so that each also runs without the others.
 *
 * @param only what is to be there instead
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
