import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import { toNewEvent } from '../../cloud-events/to-new-event.ts'
import { PayloadTampered } from '../../core/errors/payload.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { isSealed } from '../../core/events/sealing/sealed-data.ts'
import { type ClaimStore, checkOut, claimOf } from '../bus/claim-check.ts'
import type { ReceivedMessage } from '../bus/subscription.ts'
import type { Arrival, StoreOutcome } from './store-messages.ts'

/** How messages become events. */
export type Preparation = {
  readonly definitions: EventDefinitions
  stream(event: CloudEvent): string
  readonly claims: ClaimStore | undefined
}

type Refused = Extract<StoreOutcome, { readonly kind: 'refused' }>

const refused = (reason: string, description: string): Refused => ({ kind: 'refused', reason, description })

/**
 * The event of a message, or why it can never be stored. Descriptions are shown to operators and say nothing of the
 * content.
 *
 * @throws PayloadStoreFailed
 */
export async function prepareMessage(
  { definitions, stream, claims }: Preparation,
  { event, fault }: ReceivedMessage,
  signal: AbortSignal,
): Promise<Arrival | Refused> {
  if (event === undefined) return refused('NotACloudEvent', fault ?? 'no attributes')
  const whole = await withData(claims, event, signal)
  if ('kind' in whole) return whole
  const document = toNewEvent(whole, definitions)
  // Readers would take it for what the vault wrote, and stop.
  if (isSealed(document.eventData)) return refused('InvalidEvent', 'its data has a member of a reserved name')
  try {
    return { stream: stream(whole), document }
  } catch {
    return refused('StreamUnknown', 'the function that returns its stream failed')
  }
}

/** The event with the data that its sender keeps in a store. */
async function withData(
  claims: ClaimStore | undefined,
  event: CloudEvent,
  signal: AbortSignal,
): Promise<CloudEvent | Refused> {
  const key = claimOf(event)
  if (key === undefined) return event
  if (claims === undefined) return refused('ClaimStoreMissing', 'its data is in a payload store, and there is none')
  try {
    const data = await checkOut(claims, key, signal)
    if (data === undefined) return refused('PayloadLost', `${claims.name} does not have its data`)
    const { dataref, ...attributes } = event.attributes
    return { attributes: attributes as CloudEvent['attributes'], data }
  } catch (error) {
    if (error instanceof PayloadTampered) return refused(error.code, `its data in ${claims.name} was changed`)
    throw error
  }
}
