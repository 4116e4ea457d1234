import type { Storage } from 'tidemark'
import { addressOf, publishing } from 'tidemark/messaging'
import { contract } from '../contract.ts'
import { lazyNatsBus } from '../nats.ts'

const bus = lazyNatsBus(process.env.NATS_SERVERS || '127.0.0.1:4222')

export const close = () => bus.close()

/** Publishes the calls of the contract to subjects that begin with its name. While NATS is away, it waits. */
export default (storage: Storage) =>
  publishing('publish-cart', {
    events: contract.events,
    bus,
    address: addressOf(storage.environment, contract),
    source: '/shop',
    from: 'start',
  })
