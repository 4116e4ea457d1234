import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream'
import type { BusMessage } from '../../../../src/messaging/bus/bus.ts'

/** A message of a key. */
export const message = (key: string, n: number, data: string = JSON.stringify({ n })): BusMessage => ({
  event: {
    attributes: {
      specversion: '1.0',
      id: `${key}-${n}`,
      source: '/test',
      type: 'Noted',
      subject: key,
      sequence: String(n).padStart(16, '0'),
      datacontenttype: 'application/json',
    },
    data: Buffer.from(data),
  },
  key,
  idempotencyKey: `${key}/${n}`,
})

/** A stream that stores what is published to `shop.test`. */
export const addStream = (manager: JetStreamManager, more: Partial<StreamConfig> = {}) =>
  manager.streams.add({ name: 'TEST', subjects: ['shop.test.>'], duplicate_window: 3_600_000_000_000, ...more })
