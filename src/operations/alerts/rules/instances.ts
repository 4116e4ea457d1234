import { durationText } from '../../words/amounts.ts'
import type { Process } from '../look/processes.ts'
import type { Reading } from '../state/streak.ts'
import type { Thresholds } from '../thresholds.ts'
import { above, heldFor, type Rule } from './rule.ts'

const READINGS: { readonly [state in Process['state']]: Reading } = {
  alive: 'calm',
  left: 'calm',
  silent: 'holds',
  unknown: 'unknown',
}

/** A process ended without stopping in good order. */
export function instanceLost({ missedReports }: Thresholds): Rule {
  return {
    words: {
      rule: 'InstanceLost',
      description: 'A process gives no sign of life, although it did not stop in good order.',
      fires: `${missedReports} reports and its lease duration without a sign`,
      clears: 'it is back, or a new instance of its service has replaced it',
      severity: 'warning',
    },
    holdFor: heldFor(0),
    observe({ processes }) {
      if (processes === null) return null
      const replaced = replacedAmong(processes)
      return processes
        .filter(({ state }) => state !== 'left')
        .map((one) => ({
          subject: { kind: 'instance', id: one.id },
          warning: replaced.has(one) ? 'calm' : READINGS[one.state],
          critical: 'calm',
          message: () => `${one.service} ${one.id} gives no sign of life since ${one.lastSign ?? 'it was first seen'}`,
        }))
    },
  }
}

/** The silent processes that were replaced: each new process of a service replaces one that was silent before it. */
function replacedAmong(processes: readonly Process[]): ReadonlySet<Process> {
  const replacements = processes.filter(({ state }) => state === 'alive')
  const replaced = new Set<Process>()
  for (const lost of processes.filter(({ state }) => state === 'silent')) {
    const at = replacements.findIndex(
      ({ service, startedAt }) => service === lost.service && startedAt !== null && startedAt > (lost.lastSign ?? ''),
    )
    if (at === -1) continue
    replacements.splice(at, 1)
    replaced.add(lost)
  }
  return replaced
}

/** The event loop of a process is blocked. */
export function eventLoop({ eventLoop: { warning, for: time } }: Thresholds): Rule {
  return {
    words: {
      rule: 'EventLoop',
      description: 'The event loop of a process is blocked: 1 of 100 delays is long.',
      fires: `longer than ${durationText(warning)} for ${durationText(time)}`,
      clears: `shorter than ${durationText(warning / 2)}`,
      severity: 'warning',
    },
    holdFor: heldFor(time),
    observe: ({ processes }) =>
      processes
        ?.filter(({ state }) => state !== 'left')
        .map(({ id, service, load, state }) => {
          const delay = state === 'alive' ? (load?.delay ?? null) : null
          return {
            subject: { kind: 'instance', id },
            warning: above(delay, warning, warning / 2),
            critical: 'calm',
            message: () => `The event loop of ${service} ${id} is late by ${durationText(delay ?? 0)}`,
          }
        }) ?? null,
  }
}
