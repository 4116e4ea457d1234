// Messages to and from other services, published as `tidemark/messaging`.

export type { CloudEvent, CloudEventAttributes } from '../cloud-events/cloud-event.ts'
export { isStructured } from '../cloud-events/media-types.ts'
export {
  type ParsedCloudEvent,
  parseCloudEvent,
  parseStructured,
} from '../cloud-events/parse-cloud-event.ts'
export { toCloudEvent } from '../cloud-events/to-cloud-event.ts'
export { environmentOf } from '../core/environment.ts'
export type { Bus, BusMessage, PublishFailure } from './bus/bus.ts'
export type { ClaimStore } from './bus/claim-check.ts'
export { type PublishingDefinition, publishing } from './bus/publishing.ts'
export type { BusSession, BusSubscription, ReceivedMessage } from './bus/subscription.ts'
export type { ConsumerContext, ConsumerDefinition } from './consumers/consumer-types.ts'
export { defineConsumer } from './consumers/define-consumer.ts'
export { addressOf } from './contracts/address.ts'
export { type AsyncApiOptions, toAsyncApi } from './contracts/asyncapi/to-asyncapi.ts'
export type { OperationDefinitions, ParameterSchema, Parameters } from './contracts/contract-types.ts'
export { type Contract, defineContract } from './contracts/define-contract.ts'
export { type Producer, producer, type SendOptions, type Sent } from './contracts/producer.ts'
export { defineSubscriber, type SubscriberDefinition } from './subscriber/define-subscriber.ts'
export { type Subscriber, type SubscriberOptions, startSubscriber } from './subscriber/start-subscriber.ts'
export type { SubscriberStorage } from './subscriber/store-messages.ts'
export type { MessageCounts, SubscriberStatus } from './subscriber/subscriber-status.ts'
