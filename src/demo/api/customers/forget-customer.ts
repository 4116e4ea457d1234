import customersView from '../../../../projections/customers.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { type EventDocument, FORGOTTEN } from '../../../core/port/event-document.ts'
import type { PositionToken } from '../../../core/positions/position-token.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { Context } from '../api.ts'

type Forgetting = Context & { readonly vault: NonNullable<Context['vault']> }

/** Milliseconds between attempts to finish. */
const INTERVAL = 200

/** Milliseconds for which it is tried again to finish, once that is possible; views get as long again. */
const PATIENCE = 30_000

/**
 * Forgets a customer, and waits until the data cannot be read any more: until no process can have the key in its
 * cache, the contract is removed, the log says that the person was forgotten, and the view `customers` has followed.
 *
 * If this process ends before, a worker finishes. It may be called again, and then waits for the same end.
 *
 * @returns the position of the event that says it
 * @throws CustomerNotFound; WaitTimedOut if no worker runs; what prevented it from being finished, such as
 *   KeysUnavailable or PayloadStoreFailed: it will be finished later
 */
export async function forgetCustomer(context: Context, customerId: string): Promise<PositionToken | null> {
  const { storage, customers, vault, closing } = context
  await customers.find(customerId)
  if (vault === undefined)
    throw new InvalidConfiguration('VAULT_KEY', 'there is no vault, so no customer can be forgotten')
  const position = await finish({ ...context, vault }, customerId)
  await storage.views.waitFor(customersView, customerId, position, { timeout: PATIENCE, signal: closing })
  // The worker overwrites what the view contained, too, but may not have done so yet.
  await storage.viewStore.scrub?.()
  return position
}

async function finish({ storage, vault, clock, closing }: Forgetting, person: string): Promise<PositionToken | null> {
  let { isFinished, unreadableBy } = await vault.forget(person)
  const deadline = unreadableBy.getTime() + PATIENCE
  while (!isFinished) {
    closing.throwIfAborted()
    const failure = await vault.finishDue().then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    ;({ isFinished } = await vault.forget(person))
    if (isFinished) break
    if (failure && clock.now() > deadline) throw failure.error
    await clock.sleep(INTERVAL, closing)
  }
  return markerOf(storage, person)
}

/** The position of the latest event that says that a person was forgotten. */
async function markerOf({ events }: Storage, person: string): Promise<PositionToken | null> {
  let marker: EventDocument | undefined
  for await (const event of events.query({ types: [FORGOTTEN], where: { person } })) marker = event
  const found = marker && (await events.findAppend(marker.stream.id, marker.metadata.eventId))
  return found?.position ?? null
}
