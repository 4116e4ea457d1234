import type { ObservedInstance } from './observed-instances.ts'

type Bounds = { readonly least: number; readonly most: number }

// The reports that are considered: about a minute.
const KEPT = 12

/**
 * Creates a function that estimates how far the clocks of other processes are ahead of this one's, in milliseconds.
 *
 * A report was saved between two readings, so each one says between which bounds its clock is ahead. All of a minute are
 * considered together, and the least skew that explains them is returned: so a delay of reading looks like none.
 *
 * A report says when its saving began, so one that took long seems to come before a reading that did not see it. Hence
 * the upper bound is a median, which a few such reports do not move, and the first report of a process, which is saved
 * while the process starts, does not count.
 */
export function createSkew() {
  const bounds = new Map<string, readonly Bounds[]>()

  return (observed: readonly ObservedInstance[]): { readonly [instance: string]: number } => {
    const ids = new Set(observed.map(({ report }) => report.id))
    for (const id of bounds.keys()) if (!ids.has(id)) bounds.delete(id)
    for (const { report, news } of observed) {
      if (news === undefined || news.before === null || !Number.isFinite(news.after)) continue
      const reportedAt = Date.parse(report.reportedAt)
      const found = { least: reportedAt - news.until, most: reportedAt - news.after }
      // This clock was set back in between.
      if (!(found.least <= found.most)) continue
      bounds.set(report.id, [...(bounds.get(report.id) ?? []), found].slice(-KEPT))
    }
    const live = observed.filter(({ report, live }) => live && bounds.has(report.id))
    return Object.fromEntries(live.map(({ report: { id } }) => [id, skewIn(bounds.get(id) ?? [])]))
  }
}

function skewIn(all: readonly Bounds[]): number {
  const least = Math.max(...all.map((one) => one.least))
  const most = all.map((one) => one.most).toSorted((a, b) => b - a)[Math.floor((all.length - 1) / 2)] as number
  // A clock was set in the last minute, so only the newest holds.
  if (least > most) return nearestToZero(all.at(-1) as Bounds)
  return nearestToZero({ least, most })
}

const nearestToZero = ({ least, most }: Bounds): number => (least > 0 ? least : Math.min(most, 0))
