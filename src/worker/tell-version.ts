import type { VersionNotice } from '../processor/versions/version-notice.ts'

/** The log level of a notice. */
export const levelOf = ({ kind }: VersionNotice): 'warn' | 'info' =>
  kind === 'handlersChanged' || kind === 'outdated' || kind === 'begun' ? 'warn' : 'info'

/** A notice about a projection's version as a sentence for the log. */
export function tellVersion(notice: VersionNotice): string {
  const what = `version ${notice.version} of projection ${notice.projection}`
  switch (notice.kind) {
    case 'handlersChanged':
      return `the handlers of ${what} have changed since ${notice.since}: raise its version to rebuild its views, unless the results are the same`
    case 'catchingUp':
      return `${what} is ${notice.behind} events behind: ${timeLeft(notice.left)}`
    case 'held':
      return `${what} has caught up with version ${notice.active}, but does not become active: ${notice.reason}`
    case 'outdated':
      return `readers see version ${notice.active} of projection ${notice.projection}, which is newer than ${what}: to roll back, activate ${notice.version}`
    case 'activated':
      return `${what} is active from now on, instead of version ${notice.previous}`
    case 'begun':
      return `reaction ${notice.projection} begins now and skips the events that are already in the log; if it ran before, its stored progress is lost`
  }
}

const timeLeft = (left: number | null): string => (left === null ? 'no ETA yet' : `ETA ${Math.ceil(left / 1000)} s`)
