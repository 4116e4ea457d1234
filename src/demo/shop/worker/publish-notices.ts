import { serviceBus } from '../../../connectors/service-bus/bus.ts'
import type { Bus } from '../../../messaging/bus/bus.ts'
import { publishing } from '../../../messaging/bus/publishing.ts'
import { addressOf } from '../../../messaging/contracts/address.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import type { Storage } from '../../../views/with-views.ts'
import { connectBus } from '../bus/client.ts'
import { notices } from '../notices.ts'

let bus: Bus | undefined

export const close = async (): Promise<void> => bus?.close()

/** Publishes the notices that rules emit. */
export default ({ environment }: Storage): Reaction => {
  bus = serviceBus(connectBus)
  return publishing('publish-notices', {
    events: notices.events,
    bus,
    address: addressOf(environment, notices),
    source: '/shop',
    from: 'start',
  })
}
