import { limiter } from '../../core/async/limiter.ts'
import { WrongExpectedVersion } from '../../core/errors/append.ts'
import { StorageBusy } from '../../core/errors/storage.ts'
import { findPlace } from './find-place.ts'
import { incidentId, type KnownIncidents } from './known-incidents.ts'
import { findNewIncidents, type Incidents } from './new-incidents.ts'
import { type IncomingChange, knows, openWith, reopenWith, takeIn } from './take-in.ts'

/** Takes a change of an alert into the incident that it belongs to, or opens one. It may be repeated. */
export type AssignChange = (change: IncomingChange) => Promise<void>

const ATTEMPTS = 20

/**
 * Creates the function that assigns changes of alerts to incidents, one after another. Incidents are numbered without
 * gaps, and the stream of a new one must not exist: so of several processes one opens it, and the others find it.
 */
export function createAssignChange(incidents: Incidents, known: KnownIncidents): AssignChange {
  const inTurn = limiter(1)

  async function tryToAssign(change: IncomingChange): Promise<boolean> {
    await findNewIncidents(incidents, known)
    const place = findPlace(known.all(), change)
    if (place.is === 'known' || place.is === 'nowhere') return true
    if (place.is === 'new') {
      const id = incidentId(known.last() + 1)
      known.put((await incidents.execute(id, openWith(change), { expectedVersion: 'noStream' })).state)
    } else {
      const command = place.is === 'reopened' ? reopenWith(change) : takeIn(change)
      known.put((await incidents.execute(place.id, command)).state)
    }
    return known.all().some((one) => knows(one, change))
  }

  return (change) =>
    inTurn(async () => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
          if (await tryToAssign(change)) return
        } catch (error) {
          if (!(error instanceof WrongExpectedVersion)) throw error
        }
      }
      throw new StorageBusy(`Other processes changed incidents during each of ${ATTEMPTS} attempts`)
    })
}
