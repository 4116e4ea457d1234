import type { Alert, Fingerprint, PendingAlert, RuleName, Subject } from '../model/alert.ts'
import type { AlertChange, RuleState } from '../model/evaluation.ts'
import type { Evaluator } from '../model/parts.ts'
import { fingerprintOf } from './fingerprint.ts'
import { thresholdsWith } from './given-thresholds.ts'
import type { Look } from './look/look.ts'
import { createObservedTime } from './look/observed-time.ts'
import { createProcesses } from './look/processes.ts'
import { createRules } from './rules/index.ts'
import type { Observation, Rule } from './rules/rule.ts'
import { createObjectives } from './slo/objectives.ts'
import { type AlertTrack, createAlertTrack } from './state/alert-track.ts'
import type { Readings } from './state/levels.ts'
import type { ThresholdOptions } from './thresholds.ts'

/** The settings of an evaluator. */
export type EvaluatorOptions = {
  /** When rules fire and are calm again; what is missing has its default. */
  readonly thresholds?: ThresholdOptions
  /** Milliseconds for which a range may be unowned; by default twice the lease duration of the workers. */
  readonly unownedAfter?: number
  /**
   * Milliseconds between two snapshots; by default those of the slowest storage, 10,000. Three times as long without
   * one is a gap, after which conditions must hold for their whole time again.
   */
  readonly every?: number
}

const SLOWEST = 10_000
const BEATS = 3

const CALM: Readings = { warning: 'calm', critical: 'calm' }
const UNKNOWN: Readings = { warning: 'unknown', critical: 'unknown' }

/**
 * Creates what judges one snapshot after the other. It has no clock of its own: time is what passes between snapshots,
 * so a jump of the clock, or a time in which nothing ran, neither fires nor resolves an alert. Missing data is unknown,
 * which does not, either.
 *
 * @throws InvalidOption for thresholds that are none
 */
export function createEvaluator(options: EvaluatorOptions = {}): Evaluator {
  const thresholds = thresholdsWith(options.thresholds)
  const objectives = createObjectives(thresholds)
  const rules = createRules({ thresholds, unownedAfter: options.unownedAfter, objectives })
  const timeOf = createObservedTime(BEATS * (options.every ?? SLOWEST))
  const processesOf = createProcesses(thresholds.missedReports)
  const tracks = new Map<RuleName, Map<Fingerprint, AlertTrack>>(rules.map(({ words }) => [words.rule, new Map()]))

  function trackOf(rule: RuleName, subject: Subject, known: Map<Fingerprint, AlertTrack>): AlertTrack {
    const fingerprint = fingerprintOf(rule, subject)
    const track = known.get(fingerprint) ?? createAlertTrack({ fingerprint, rule, subject })
    known.set(fingerprint, track)
    return track
  }

  function takeOver(open: readonly Alert[], look: Look) {
    const stored = new Map(open.map((alert) => [alert.fingerprint, alert]))
    for (const { rule, subject } of open) {
      const known = tracks.get(rule)
      if (known !== undefined) trackOf(rule, subject, known)
    }
    for (const known of tracks.values()) {
      for (const [fingerprint, track] of known) track.stored(stored.get(fingerprint), look)
    }
  }

  /** @param isInhibited whether nothing that the rule says counts now */
  function evaluateRule(rule: Rule, look: Look, isInhibited: boolean) {
    const name = rule.words.rule
    const known = tracks.get(name) ?? new Map<Fingerprint, AlertTrack>()
    const found = rule.observe(look)
    const holdFor = rule.holdFor(look)
    const changes: AlertChange[] = []
    const seen = new Set<AlertTrack>()
    let wouldFire = 0
    let unknown = 0

    function judge(track: AlertTrack, readings: Readings, message: Observation['message'] | null) {
      changes.push(...track.look(isInhibited ? UNKNOWN : readings, holdFor, message, look))
      seen.add(track)
    }

    for (const observation of found ?? []) {
      const holds = isAny(observation, 'holds')
      if (holds) wouldFire += 1
      if (isInhibited || isAny(observation, 'unknown')) unknown += 1
      // A quiet subject needs no memory: there may be thousands.
      const track = known.get(fingerprintOf(name, observation.subject))
      if (track === undefined && !holds) continue
      judge(track ?? trackOf(name, observation.subject, known), observation, observation.message)
    }
    for (const track of known.values()) if (!seen.has(track)) judge(track, found === null ? UNKNOWN : CALM, null)
    const all = [...known.values()]
    for (const [fingerprint, track] of known) if (track.isIdle(look)) known.delete(fingerprint)
    const pending = all.flatMap((track) => track.pending(look) ?? [])
    const isUnknown = found === null || (found.length > 0 && unknown === found.length)
    const isFiring = all.some(({ isOpen }) => isOpen)
    const state = isFiring ? 'firing' : pending.length > 0 ? 'pending' : isUnknown ? 'unknown' : 'quiet'
    return { changes, pending, isFiring, state: { ...rule.words, state, wouldFire, unknown } satisfies RuleState }
  }

  return {
    evaluate(snapshot, open) {
      const moment = timeOf(snapshot)
      const look: Look = { ...moment, snapshot, processes: processesOf(snapshot, moment) }
      takeOver(open, look)
      const changes: AlertChange[] = []
      const pending: PendingAlert[] = []
      const states: RuleState[] = []
      let isInhibited = false
      for (const rule of rules) {
        const result = evaluateRule(rule, look, isInhibited)
        changes.push(...result.changes)
        pending.push(...result.pending)
        states.push(result.state)
        if (rule.words.rule === 'StorageUnavailable') isInhibited = result.isFiring
      }
      return { changes, pending, rules: states, gap: moment.gap }
    },
    budgets: objectives.budgets,
    save: objectives.save,
    load: objectives.load,
  }
}

const isAny = ({ warning, critical }: Readings, reading: Readings['warning']): boolean =>
  warning === reading || critical === reading
