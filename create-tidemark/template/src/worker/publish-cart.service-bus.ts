import { ServiceBusClient } from '@azure/service-bus'
import type { Storage } from 'tidemark'
import { addressOf, publishing } from 'tidemark/messaging'
import { serviceBus, serviceBusRetryOptions } from 'tidemark/service-bus'
import { contract } from '../contract.ts'

const bus = serviceBus(() => {
  const connectionString = process.env.SERVICE_BUS_CONNECTION_STRING ?? ''
  return new ServiceBusClient(connectionString, { retryOptions: serviceBusRetryOptions })
})

export const close = () => bus.close()

/** Publishes the calls of the contract to a queue or topic with its name. While the bus is away, it waits. */
export default (storage: Storage) =>
  publishing('publish-cart', {
    events: contract.events,
    bus,
    address: addressOf(storage.environment, contract),
    source: '/shop',
    from: 'start',
  })
