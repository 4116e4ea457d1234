import type { VersionNotice } from '../processor/versions/version-notice.ts'

const WARNINGS: ReadonlySet<VersionNotice['kind']> = new Set(['handlersChanged', 'codeChanged', 'outdated', 'begun'])

/** The log level of a notice. */
export const levelOf = ({ kind }: VersionNotice): 'warn' | 'info' => (WARNINGS.has(kind) ? 'warn' : 'info')

/**
 * A notice about a projection's version as a sentence for the log.
 *
 * @param folder the worker's folder of projections, for commands that need it
 */
export function tellVersion(notice: VersionNotice, folder: string): string {
  const what = `version ${notice.version} of projection ${notice.projection}`
  switch (notice.kind) {
    case 'handlersChanged':
      return notice.parked ? fixedHandlers(what, notice, folder) : changedHandlers(what, notice)
    case 'codeChanged':
      return `the functions of version ${notice.version} of ${notice.projection} have changed since ${notice.since}: raise its version, so that what is recorded tells which code decided`
    case 'catchingUp':
      return `${what} is ${notice.behind} ${notice.behind === 1 ? 'event' : 'events'} behind, ${timeLeft(notice.left)}`
    case 'held':
      return `${what} has caught up with version ${notice.active}, but does not become active: ${notice.reason}`
    case 'outdated':
      return `readers see version ${notice.active} of projection ${notice.projection}, which is newer than ${what}: to roll back, activate ${notice.version}`
    case 'paused':
      return `${what} has been paused since ${notice.since}: no events are applied until \`tidemark projections resume\``
    case 'resumed':
      return `${what} was resumed; it had been paused since ${notice.since}`
    case 'activated':
      return `${what} is now active; version ${notice.previous} was active before`
    case 'begun':
      return `reaction ${notice.projection} begins now and skips the events that are already in the log; if it ran before, its stored progress is lost`
  }
}

const timeLeft = (left: number | null): string => (left === null ? 'no ETA yet' : `ETA ${Math.ceil(left / 1000)} s`)

type Changed = Extract<VersionNotice, { kind: 'handlersChanged' }>

const changedHandlers = (what: string, { since }: Changed): string =>
  `the handlers of ${what} have changed since ${since}: raise its version to rebuild its views, unless the results are the same`

/** What is parked is most likely what the change fixes, and a new version would rebuild all views for it. */
const fixedHandlers = (what: string, { projection, since }: Changed, folder: string): string =>
  `the handlers of ${what} have changed since ${since}, and some of its views are parked: if the change fixes those, replay them with \`tidemark parked replay ${projection} --all --projections ${folder}\`; raise the version only if other views are wrong as well`
