import { FoldingEnded, FoldingTimedOut } from '../../../core/errors/dashboard.ts'
import { isJsonObject } from '../../../core/json/json.ts'
import { parkedSequences } from '../../../processor/replay/parked-sequences.ts'
import { withoutCode } from '../../../processor/replay/without-code.ts'
import { parkedMark } from '../../../projections/parking/parked-mark.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { ReplayAnswer } from '../../contract/requests.ts'
import { faultOf } from '../../payloads/fault.ts'
import type { EventRef, ParkedRef, ReplayResult } from '../../server/folding.ts'
import type { ApiRequest } from '../../server/route.ts'
import { actRoute } from '../act.ts'
import { assertConfirmed, booleanIn, memberOf, membersOf, textIn, wholeNumberIn } from '../input/body.ts'
import { parkedRefOf } from '../input/references.ts'

const NOTHING_SHOWN = { before: null, after: null, diff: [] }

const subjectOf = ({ params }: ApiRequest): string => {
  const { projection, version, key } = parkedRefOf(params)
  return `${projection}:${version} ${key}`
}

const failureIn = ({ error }: ReplayAnswer): string | undefined => error?.code

export const replayParkedRoute = actRoute({
  path: 'parked/:projection/:version/:key/replay',
  what: 'replay',
  subjectOf,
  isDryRun: (body) => isJsonObject(body) && memberOf(body, 'dryRun') === true,
  failureIn,
  async handle({ params, body }, { storage, folding }): Promise<ReplayAnswer> {
    const which = parkedRefOf(params)
    const dryRun = booleanIn(membersOf(body), 'dryRun')
    const replay = () => folding.replay(which, { dryRun })
    return { dryRun, ...(await (dryRun ? replay() : orWhatIsLeft(storage, which, replay))) }
  },
})

export const dropParkedRoute = actRoute({
  path: 'parked/:projection/:version/:key/drop',
  what: 'dropSequence',
  subjectOf,
  failureIn,
  async handle({ params, body }, { storage, folding }): Promise<ReplayAnswer> {
    const which = parkedRefOf(params)
    const members = membersOf(body)
    assertConfirmed(members, which.key)
    if (booleanIn(members, 'all')) {
      const dropped = await parkedSequences(storage, withoutCode(which.projection, which.version)).dropAll(which.key)
      return { dryRun: false, folded: 0, dropped, left: 0, error: null, ...NOTHING_SHOWN }
    }
    const event = eventIn(memberOf(members, 'event'))
    return { dryRun: false, ...(await orWhatIsLeft(storage, which, () => folding.dropOne(which, event))) }
  },
})

function eventIn(given: unknown): EventRef | undefined {
  if (given === undefined || given === null) return undefined
  const members = membersOf(given)
  return {
    streamId: textIn(members, 'streamId', 200),
    version: wholeNumberIn(members, 'version', 1, Number.MAX_SAFE_INTEGER),
  }
}

/**
 * The result of a replay, also of one that was ended: each event that it applied is saved, so what is pending tells how
 * far it got.
 */
async function orWhatIsLeft(
  storage: Storage,
  which: ParkedRef,
  replay: () => Promise<ReplayResult>,
): Promise<ReplayResult> {
  const pending = async () => parkedMark((await storage.viewStore.get(which))?.document)?.waiting ?? 0
  const before = await pending()
  try {
    return await replay()
  } catch (error) {
    if (!(error instanceof FoldingTimedOut || error instanceof FoldingEnded)) throw error
    const left = await pending()
    const message = `${error.message}; what was applied until then is saved`
    const fault = faultOf({ code: error.code, message })
    return { folded: Math.max(0, before - left), dropped: 0, left, error: fault, ...NOTHING_SHOWN }
  }
}
