import type { ServiceBusReceivedMessage } from '@azure/service-bus'

/** What can be asked for messages. */
type Receiver = {
  receiveMessages(most: number, options: { maxWaitTimeInMs: number }): Promise<ServiceBusReceivedMessage[]>
}

/** Receives one message. @throws if there is none within a second */
export async function receiveOne(receiver: Receiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 1_000 })
  if (message === undefined) throw new Error('Nothing was received')
  return message
}

/** The bodies of what can be received now. */
export async function bodiesOf(receiver: Receiver, most = 10): Promise<unknown[]> {
  const messages = await receiver.receiveMessages(most, { maxWaitTimeInMs: 150 })
  return messages.map(({ body }) => body)
}
