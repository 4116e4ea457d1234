import { pageOf, projectionPage } from '../alerts/page-of.ts'
import { activeVersions, rangeSubject, versionText } from '../alerts/rules/judged-versions.ts'
import type { Alert } from '../model/alert.ts'
import type { ObservedVersion, Snapshot } from '../model/snapshot.ts'
import { durationText, nounText } from '../words/amounts.ts'
import { ADVICE, adviceByCode } from './advice.ts'

/** How the system is, for a person who sees nothing else. */
export type Verdict = {
  /** `unknown` when what it is judged by is missing or old. */
  readonly verdict: 'healthy' | 'degraded' | 'down' | 'unknown'
  /** Why, in words that name the projection, ranges, worker or storage. */
  readonly reason: string
  /** What to do, and the page where it is done. */
  readonly advice: { readonly text: string; readonly href: string } | null
}

// After so many intervals without a snapshot, the last one says nothing about now.
const OLD_AFTER = 3

/**
 * Judges a system by its latest snapshot and its open alerts, the worst first.
 *
 * @param snapshot the latest; null before the first one
 * @param now milliseconds since 1970, by the clock of the process that took it
 * @param every milliseconds between two snapshots
 */
export function verdictOf(snapshot: Snapshot | null, alerts: readonly Alert[], now: number, every: number): Verdict {
  if (snapshot === null) return unknown('Nothing has been looked at yet')
  const age = Math.abs(now - snapshot.at)
  if (age > OLD_AFTER * every) return unknown(`The last look was ${durationText(age)} ago`, alerts)
  const { storage, versions } = snapshot
  const outage = alerts.find(({ rule }) => rule === 'StorageUnavailable')
  if (outage !== undefined) return { verdict: 'down', reason: outage.message, advice: adviceOn(outage) }
  if (storage.ok === null) return unknown('The storage has not responded yet', alerts)
  if (versions === null) {
    return unknown(storage.ok ? 'The state of the projections cannot be read' : 'The storage does not respond', alerts)
  }
  const active = activeVersions(snapshot) ?? []
  // A range that is unowned for a moment is no trouble: its alert says when it is.
  const unowned = new Set(alerts.filter(({ rule }) => rule === 'RangeUnowned').map(({ subject }) => subject.id))
  const [worst] = active.flatMap(troubleOf).sort((a, b) => b.ranges - a.ranges)
  if (worst !== undefined) {
    const isDown = active.every((version) => countStuck(version) === version.ranges.length)
    return { verdict: isDown ? 'down' : 'degraded', reason: worst.reason, advice: worst.advice }
  }
  const [alert] = alerts.toSorted(byUrgency)
  if (alert !== undefined) {
    const rest = alerts.length === 1 ? '' : ` (and ${nounText(alerts.length - 1, 'more alert')})`
    return { verdict: 'degraded', reason: `${alert.message}${rest}`, advice: adviceOn(alert) }
  }
  if (snapshot.workers === null) return unknown('The workers cannot be read')
  return { verdict: 'healthy', reason: healthyReason(active), advice: null }

  function troubleOf(version: ObservedVersion) {
    const href = projectionPage(version.projection, version.version)
    const stalled = version.ranges.filter(({ state }) => state === 'stalled')
    const code = stalled.find(({ error }) => error !== null)?.error?.code
    const owners = [...new Set(stalled.flatMap(({ owner }) => owner ?? []))]
    const free = countUnowned(version)
    const found: Trouble[] = []
    if (stalled.length > 0) {
      const cause = code === undefined ? '' : `: ${code}`
      const by = owners.length === 1 ? ` (owner ${owners[0]})` : ''
      const reason = `${versionText(version)} is stalled on ${partText(version, stalled.length)}${by}${cause}`
      found.push({ ranges: stalled.length, reason, advice: { text: adviceByCode(code), href } })
    }
    if (free > 0) {
      const reason = `No worker owns ${partText(version, free)} of ${versionText(version)}`
      found.push({ ranges: free, reason, advice: { text: ADVICE.RangeUnowned, href } })
    }
    return found
  }

  function countUnowned(version: ObservedVersion): number {
    return version.ranges.filter((range) => unowned.has(rangeSubject(version, range).id)).length
  }

  function countStuck(version: ObservedVersion): number {
    return version.ranges.filter(({ state }) => state === 'stalled').length + countUnowned(version)
  }
}

type Trouble = { readonly ranges: number; readonly reason: string; readonly advice: Verdict['advice'] }

const partText = ({ ranges }: ObservedVersion, count: number): string =>
  `${count} of ${nounText(ranges.length, 'range')}`

function unknown(reason: string, alerts: readonly Alert[] = []): Verdict {
  const open =
    alerts.length === 0 ? '' : `; ${nounText(alerts.length, 'alert')} ${alerts.length === 1 ? 'is' : 'are'} open`
  return { verdict: 'unknown', reason: `${reason}${open}`, advice: null }
}

const adviceOn = ({ rule, subject }: Alert): Verdict['advice'] => ({ text: ADVICE[rule], href: pageOf(rule, subject) })

const byUrgency = (a: Alert, b: Alert): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical') || (a.startedAt < b.startedAt ? -1 : 1)

function healthyReason(active: readonly ObservedVersion[]): string {
  if (active.length === 0) return 'The storage responds. No projection was run yet'
  const ranges = active.reduce((sum, version) => sum + version.ranges.length, 0)
  return `Every range makes progress: ${nounText(ranges, 'range')} of ${nounText(active.length, 'projection')}`
}
