import rhea from 'rhea'
import { expect, onTestFinished, test } from 'vitest'
import { startServiceBusEmulator } from '../../../src/service-bus-emulator/index.ts'

test('a link is drained, and the client is told, also when a message has used the last credit', async () => {
  const emulator = await startServiceBusEmulator({ entities: { queues: { orders: {} } } })
  onTestFinished(() => emulator.close())
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port: emulator.port, username: 'anonymous' })
  const sender = connection.open_sender('orders')
  sender.once('sendable', () => sender.send({ message_id: 'm1', body: 'one' }))
  const receiver = connection.open_receiver({ source: 'orders', credit_window: 0, autoaccept: false })
  receiver.add_credit(1)
  await new Promise((resolve) => receiver.once('message', resolve))
  const drained = new Promise((resolve) => receiver.once('receiver_drained', resolve))
  receiver.drain_credit()
  await drained
  // And once more, as often as it is asked.
  const again = new Promise((resolve) => receiver.once('receiver_drained', resolve))
  receiver.drain_credit()
  await again
  expect(emulator.inspect('orders').messages).toHaveLength(1)
  connection.close()
})
