import type { Truth } from '../checks/compare.ts'
import type { LogRecord } from '../workload/log-record.ts'
import type { Cause, Outside } from './outside.ts'

/** What is known about where a reaction began. */
export type Beginning = {
  /** How many events each stream had before any process could have begun with it, which it skips; for `now`. */
  before: ReadonlyMap<string, number>
  /** How many each had once a process had begun with it: later events must not be missed. */
  after: ReadonlyMap<string, number> | undefined
}

/** How many events each stream has. */
export const lengthsOf = ({ streams }: LogRecord): ReadonlyMap<string, number> =>
  new Map([...streams].map(([streamId, events]) => [streamId, events.length]))

/** How the effects differ from what the log requires. */
export function wrongEffects(
  log: LogRecord,
  { done }: Outside,
  beginning: Beginning | 'start',
  isErased: Truth['isErased'],
): string[] {
  const wrong: string[] = []
  const times = new Map<string, number>()
  for (const { streamId, version } of done.values()) {
    const name = `${streamId}@${version}`
    times.set(name, (times.get(name) ?? 0) + 1)
  }
  const known = new Set<string>()
  for (const [streamId, events] of log.streams) {
    const [before, after] =
      beginning === 'start'
        ? [0, 0]
        : [beginning.before.get(streamId) ?? 0, beginning.after ? (beginning.after.get(streamId) ?? 0) : events.length]
    let hasBegun = false
    for (const { type, version } of events) {
      const name = `${streamId}@${version}`
      known.add(name)
      const count = times.get(name) ?? 0
      if (type !== 'Added') {
        if (count > 0) wrong.push(`${name} was reacted to, although it is not one of its events`)
        continue
      }
      if (count > 1) wrong.push(`${name} was done ${count} times under different keys`)
      if (count > 0 && version <= before) wrong.push(`${name} was done, which was there before the reaction began`)
      // Where it began in the stream is in between; from there on, nothing is missing.
      hasBegun ||= count > 0 || version > after
      if (hasBegun && count === 0 && !isErased(streamId, version)) wrong.push(`${name} was never done`)
    }
  }
  for (const name of times.keys()) if (!known.has(name)) wrong.push(`${name} was done, and is not in the log`)
  return wrong
}

/** Events whose handlers were called after their streams were parked, when only an operator may do so. */
export function calledWhileParked(outside: Outside, waiting: readonly Cause[]): string[] {
  return waiting
    .filter((cause) => outside.calls(cause) > 0)
    .map(({ streamId, version }) => `the handler was called for ${streamId}@${version}, although its stream is parked`)
}
