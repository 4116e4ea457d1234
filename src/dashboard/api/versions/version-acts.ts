import { activateVersion } from '../../../processor/versions/activate-version.ts'
import { dropVersion, rebuildVersion } from '../../../processor/versions/drop-version.ts'
import type { VersionAnswer } from '../../contract/requests.ts'
import type { VersionRef } from '../../server/folding.ts'
import type { ApiRequest, DashboardContext, Route } from '../../server/route.ts'
import { actRoute } from '../act.ts'
import { assertConfirmed, membersOf } from '../input/body.ts'
import { versionRefOf } from '../input/references.ts'

type Work = (which: VersionRef, context: DashboardContext, signal: AbortSignal) => Promise<string>

const subjectOf = ({ params }: ApiRequest): string => nameOf(versionRefOf(params))
const nameOf = ({ projection, version }: VersionRef): string => `${projection}:${version}`

// None of them needs the code of the projection, so they run here.
const versionAct = (path: string, what: string, work: Work): Route =>
  actRoute({
    path: `projections/:projection/:version/${path}`,
    what,
    subjectOf,
    async handle({ params, body, signal }, context): Promise<VersionAnswer> {
      const which = versionRefOf(params)
      assertConfirmed(membersOf(body), nameOf(which))
      return { done: true, detail: await work(which, context, signal) }
    },
  })

export const versionActs: readonly Route[] = [
  versionAct('activate', 'activateVersion', async ({ projection: name, version }, { storage }, signal) => {
    const previous = await activateVersion(storage, { name, version }, { signal })
    return previous === version
      ? `Version ${version} of ${name} was already active`
      : `Version ${version} of ${name} is now active; version ${previous} was active before`
  }),
  versionAct('rebuild', 'rebuildVersion', async ({ projection: name, version }, { storage }) => {
    await rebuildVersion(storage, { name, version })
    return `Version ${version} of ${name} will be rebuilt as soon as a worker runs it`
  }),
  versionAct('drop', 'dropVersion', async ({ projection: name, version }, { storage }) => {
    await dropVersion(storage, { name, version })
    return `Version ${version} of ${name} is dropped`
  }),
]
