import type { VersionNotice } from '../processor/versions/version-notice.ts'

/** How loud a notice is. */
export const levelOf = ({ kind }: VersionNotice): 'warn' | 'info' =>
  kind === 'handlersChanged' || kind === 'outdated' || kind === 'begun' ? 'warn' : 'info'

/** A notice about a projection's version as a sentence for the log. */
export function tellVersion(notice: VersionNotice): string {
  const what = `version ${notice.version} of projection ${notice.projection}`
  switch (notice.kind) {
    case 'handlersChanged':
      return `the handlers of ${what} are others than on ${notice.since}: raise its version to build its views again`
    case 'catchingUp':
      return `${what} is ${notice.behind} events behind: ${timeLeft(notice.left)}`
    case 'held':
      return `${what} has reached version ${notice.active}, but does not become active: ${notice.reason}`
    case 'outdated':
      return `readers see version ${notice.active} of projection ${notice.projection}, which is newer than ${what}: activate that one to go back`
    case 'activated':
      return `${what} is active from now on, instead of version ${notice.previous}`
    case 'begun':
      return `reaction ${notice.projection} begins now, after the events that the log holds already; if it ran before, what was stored of it is lost`
  }
}

const timeLeft = (left: number | null): string =>
  left === null ? 'nobody can tell yet when it arrives' : `about ${Math.ceil(left / 1000)} s are left`
