import type { Difference, TriedEvent, TrySummary } from './tried-event.ts'

/** Counts the events of a trial. */
export type TryTally = {
  add(tried: TriedEvent): void
  summary(): TrySummary
}

/** Begins to count. */
export function createTryTally(): TryTally {
  const subjects = new Set<string>()
  const blocked = new Map<string, number>()
  const failed = new Map<string, number>()
  const differences: Record<Difference, number> = { fires: 0, blocks: 0, fails: 0, writes: 0, check: 0 }
  let events = 0
  let fired = 0
  return {
    add({ subject, would, difference }) {
      events++
      if (subject !== null) subjects.add(subject)
      if (would.outcome === 'fired') fired++
      else if (would.outcome === 'blocked') increase(blocked, would.blockedBy)
      else if (would.outcome === 'failed') increase(failed, would.error.code)
      if (difference !== null) differences[difference]++
    },
    summary: () => ({
      events,
      subjects: subjects.size,
      fired,
      blocked: Object.fromEntries(blocked),
      failed: Object.fromEntries(failed),
      differences,
    }),
  }
}

const increase = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
