// NATS JetStream as a bus, published as `tidemark/nats`.

export { type NatsBusOptions, natsBus } from './nats-bus.ts'
export { type NatsSubscriptionOptions, natsSubscription } from './nats-subscription.ts'
