import { NotParked } from '../../../core/errors/view.ts'
import { readHead } from '../../../processor/parking/first-waiting.ts'
import { parkedSequences } from '../../../processor/replay/parked-sequences.ts'
import { withoutCode } from '../../../processor/replay/without-code.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { ParkedAnswer } from '../../contract/requests.ts'
import { parkedFault } from '../../payloads/parked-row.ts'
import { payloadOrNull } from '../../payloads/payload.ts'
import type { Folding, ParkedRef } from '../../server/folding.ts'
import { parkedRefOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'

const MOST_WAITING = 100

export const showParkedRoute = readRoute(
  'parked/:projection/:version/:key',
  async ({ params }, { storage, folding, payloads }): Promise<ParkedAnswer> => {
    const which = parkedRefOf(params)
    const { projection, version, key } = which
    const found = await parkedSequences(storage, withoutCode(projection, version)).show(key)
    if (found === undefined) throw new NotParked(projection, key)
    const waiting = await waitingOf(storage, which)
    const { event, document } = found
    return {
      projection,
      version,
      key,
      since: found.since,
      attempts: found.attempts,
      error: parkedFault(found.error, payloads),
      event: {
        streamId: event.streamId,
        version: event.version,
        type: document?.eventType ?? null,
        erased: document === null,
      },
      document: payloadOrNull(document?.eventData, payloads),
      view: (await mayShowView(folding, which)) ? payloadOrNull(found.view, payloads) : null,
      waiting,
      moreWaiting: found.waiting > waiting.length,
    }
  },
)

/** The first pending events; none if the queue has changed since it was read. */
async function waitingOf(storage: Storage, which: ParkedRef): Promise<ParkedAnswer['waiting']> {
  const view = await storage.viewStore.get(which)
  const head = view?.document.parked === undefined ? undefined : await readHead(storage, view.document)
  return (head?.refs ?? []).slice(0, MOST_WAITING).map(([streamId, version]) => ({ streamId, version }))
}

/** Whether a view is known not to be stored in clear although it may contain personal data. */
async function mayShowView(folding: Folding, { projection, version }: ParkedRef): Promise<boolean> {
  try {
    const known = await folding.loaded()
    return known.some((one) => one.name === projection && one.version === version && !one.keepsPersonal)
  } catch {
    return false
  }
}
