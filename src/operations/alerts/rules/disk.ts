import { bytesText, durationText, shareText } from '../../words/amounts.ts'
import type { Reading } from '../state/streak.ts'
import type { Thresholds } from '../thresholds.ts'
import { above, heldFor, type Rule, worseOf } from './rule.ts'

const MINUTE = 60_000

// From how long a time, in milliseconds, it is estimated when the disk will be full, and how much of that must be known.
const ESTIMATED_FROM = 360 * MINUTE
const LEAST_KNOWN = 60 * MINUTE

/** The disk of the storage is nearly full. */
export function diskNearlyFull({ disk: { warning, critical, above: more, fullWithin } }: Thresholds): Rule {
  const estimate = createEstimate()
  return {
    words: {
      rule: 'DiskNearlyFull',
      description: 'The disk of the storage is nearly full, or will soon be.',
      fires: `less than ${shareText(warning)} free, or full in ${durationText(fullWithin)}; less than ${shareText(critical)} free: critical`,
      clears: `${shareText(more)} more are free`,
      severity: 'critical',
    },
    holdFor: heldFor(0),
    observe({ snapshot: { storage }, observed, gap }) {
      if (gap !== null) estimate.forget()
      if (storage.health === null) return null
      const { disk } = storage.health
      if (disk === null) return []
      const left = estimate.left(observed, disk.free)
      const share = disk.total === 0 ? 0 : disk.free / disk.total
      const soon = left === null ? 'between' : below(left, fullWithin, fullWithin * 1.25)
      return [
        {
          subject: { kind: 'disk', id: storage.kind },
          warning: worseOf(below(share, warning, warning + more), soon),
          critical: below(share, critical, critical + more),
          message() {
            const until = left === null || left > fullWithin ? '' : `, and will be full in ${durationText(left)}`
            return `The disk of the storage has ${bytesText(disk.free)} free (${shareText(share)})${until}`
          },
        },
      ]
    },
  }
}

const below = (value: number, limit: number, calmFrom: number): Reading =>
  value < limit ? 'holds' : value >= calmFrom ? 'calm' : 'between'

/** Estimates when something that shrinks is used up. */
function createEstimate() {
  let samples: { readonly at: number; readonly free: number }[] = []
  return {
    /** Milliseconds until nothing is left, `Infinity` if it does not shrink; null if too little is known. */
    left(observed: number, free: number): number | null {
      const last = samples.at(-1)
      if (last === undefined || observed - last.at >= MINUTE) {
        samples = samples.filter(({ at }) => observed - at <= ESTIMATED_FROM)
        samples.push({ at: observed, free })
      }
      const [first] = samples
      if (first === undefined || observed - first.at < LEAST_KNOWN) return null
      const used = first.free - free
      return used <= 0 ? Number.POSITIVE_INFINITY : (free * (observed - first.at)) / used
    },
    forget() {
      samples = []
    },
  }
}

/** The write-ahead log of a file is too large. */
export function walTooLarge({ wal: { warning, for: time, calm } }: Thresholds): Rule {
  return {
    words: {
      rule: 'WalTooLarge',
      description: 'The write-ahead log of a file of the storage is not written back.',
      fires: `larger than ${bytesText(warning)} for ${durationText(time)}`,
      clears: `smaller than ${bytesText(calm)}`,
      severity: 'warning',
    },
    holdFor: heldFor(time),
    observe: ({ snapshot: { storage } }) =>
      storage.health?.files.map(({ name, walBytes }) => ({
        subject: { kind: 'file', id: name },
        warning: above(walBytes, warning, calm),
        critical: 'calm',
        message: () => `The write-ahead log of ${name} has ${bytesText(walBytes)}`,
      })) ?? null,
  }
}
