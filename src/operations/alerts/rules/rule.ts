import type { Severity, Subject } from '../../model/alert.ts'
import type { RuleWords } from '../../model/evaluation.ts'
import type { Look } from '../look/look.ts'
import type { Reading } from '../state/streak.ts'

/** What a rule says about one subject at one look. */
export type Observation = {
  readonly subject: Subject
  readonly warning: Reading
  readonly critical: Reading
  /** One sentence in plain words, without values of events and without messages of errors. */
  message(): string
}

/** A rule with what it remembers of earlier looks. */
export type Rule = {
  readonly words: RuleWords
  /** Milliseconds for which the condition must hold before an alert of that severity fires. */
  holdFor(look: Look): { readonly [severity in Severity]: number }
  /**
   * What it says about each of its subjects; null if it is unknown which there are. A subject that is missing from the
   * list is gone, or is not to be judged: an alert about it is resolved.
   */
  observe(look: Look): readonly Observation[] | null
}

/** The condition must hold for the same time for both severities. */
export const heldFor = (milliseconds: number) => () => ({ warning: milliseconds, critical: milliseconds })

/** A reading of a number that must not exceed a limit, and is calm below a lower one. */
export function above(value: number | null, limit: number, calmBelow: number): Reading {
  if (value === null) return 'unknown'
  return value > limit ? 'holds' : value < calmBelow ? 'calm' : 'between'
}

/** A reading of a number that must be 0. */
export const aboveZero = (value: number | null): Reading => (value === null ? 'unknown' : value > 0 ? 'holds' : 'calm')

const ORDER: readonly Reading[] = ['calm', 'between', 'unknown', 'holds']

/** The reading of two conditions of which one suffices: calm only if both are. */
export const worseOf = (a: Reading, b: Reading): Reading => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b)
