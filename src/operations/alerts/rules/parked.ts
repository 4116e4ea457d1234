import type { ObservedVersion } from '../../model/snapshot.ts'
import { durationText, nounText } from '../../words/amounts.ts'
import type { Thresholds } from '../thresholds.ts'
import { createPerSubject } from './history/per-subject.ts'
import { versionSubject, versionText } from './judged-versions.ts'
import { aboveZero, heldFor, type Observation, type Rule } from './rule.ts'

const readable = (versions: readonly ObservedVersion[] | null) =>
  versions?.filter(({ role }) => role !== 'old' && role !== 'dropping') ?? null

/** Sequences wait for a person. */
export function sequenceParked({ parkedFor }: Thresholds): Rule {
  return {
    words: {
      rule: 'SequenceParked',
      description: 'Sequences of a projection are parked and need a person.',
      fires: `above 0; for ${durationText(parkedFor)}, in the active version: critical`,
      clears: '0',
      severity: 'critical',
    },
    holdFor: () => ({ warning: 0, critical: parkedFor }),
    observe: ({ snapshot }) =>
      readable(snapshot.versions)?.map((version) => {
        const reading = aboveZero(version.parked)
        return {
          subject: versionSubject(version),
          warning: reading,
          critical: version.role === 'active' ? reading : 'calm',
          message: () =>
            `${parkedText(version)} of ${versionText(version)} ${version.parked === 1 ? 'is' : 'are'} parked`,
        }
      }) ?? null,
  }
}

/** Many sequences are parked at once, which points to the handler. */
export function parkStorm({ storm }: Thresholds): Rule {
  const histories = createPerSubject(() => createRise(storm.within))
  return {
    words: {
      rule: 'ParkStorm',
      description: 'Many sequences of a projection are parked at once, which points to its handler.',
      fires: `${storm.sequences} within ${durationText(storm.within)}`,
      clears: 'none is parked',
      severity: 'critical',
    },
    holdFor: heldFor(0),
    observe({ snapshot, observed, gap }) {
      if (gap !== null) histories.forget()
      const versions = readable(snapshot.versions)
      if (versions === null) return null
      return histories.each(versions, versionSubject, (version, rise): Observation => {
        const added = rise(observed, version.parked)
        const reading = added >= storm.sequences ? 'holds' : version.parked === 0 ? 'calm' : 'between'
        return {
          subject: versionSubject(version),
          warning: reading,
          critical: reading,
          message: () => `${parkedText(version)} of ${versionText(version)} are parked, ${added} of them just now`,
        }
      })
    },
  }
}

const parkedText = ({ parked, moreParked }: Pick<ObservedVersion, 'parked' | 'moreParked'>): string =>
  `${moreParked ? 'At least ' : ''}${nounText(parked, 'sequence')}`

/**
 * Creates a function that returns by how much a count has risen above its lowest value within a time; between two looks
 * that are further apart than that, since the look before.
 */
function createRise(within: number): (observed: number, count: number) => number {
  let counts: { readonly at: number; readonly count: number }[] = []
  return (observed, count) => {
    const [last] = counts.slice(-1)
    counts = counts.filter((one) => one === last || observed - one.at <= within)
    counts.push({ at: observed, count })
    return count - Math.min(...counts.map((one) => one.count))
  }
}
