import { AckPolicy, jetstreamManager } from '@nats-io/jetstream'
import { describe, expect, it } from 'vitest'
import { natsBus, natsSubscription } from '../../../src/connectors/nats/index.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { publishing, startSubscriber } from '../../../src/messaging/index.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until } from '../../support/projecting/until.ts'
import { findNats, reconnected, startNats } from '../../support/servers/nats.ts'
import { append, events, hurriedClock } from '../../unit/processor/support.ts'

const program = findNats()
const STREAMS = 8
const EVENTS = 400
// When the server is killed, and when it is started again: after so many events.
const KILLED = [100, 200, 300]
const RESTARTED = [130, 240, 330]

describe.skipIf(program === undefined)('NATS that is killed again and again', { timeout: 120_000 }, () => {
  it('gets every event once, in the order of its stream, from two publishers to two receivers, and nothing is parked', async () => {
    await using nats = await startNats(program ?? '')
    const connect = (count: number) => Promise.all(Array.from({ length: count }, () => nats.connect()))
    const [publishers, subscribers] = [await connect(2), await connect(2)]
    const administrator = await nats.connect()
    const manager = await jetstreamManager(administrator)
    await manager.streams.add({ name: 'TEST', subjects: ['shop.test.>'], duplicate_window: 3_600_000_000_000 })
    await manager.streams.add({ name: 'DEAD', subjects: ['dead.test'] })
    const settings = { ack_policy: AckPolicy.Explicit, max_ack_pending: 1, ack_wait: 1_000_000_000 }
    await manager.consumers.add('TEST', { durable_name: 'reader', ...settings })
    await using source = openMemory({ ranges: 4 })
    await using target = openMemory({ ranges: 4 })
    const fast = { pollInterval: 20, renewInterval: 50, leaseDuration: 1_000, clock: hurriedClock }
    const reactions = publishers.map((connection) =>
      publishing('to-nats', {
        events,
        bus: natsBus(connection, { timeLimit: 300 }),
        address: 'shop.test',
        source: '/test',
        from: 'start',
      }),
    )
    const workers = await Promise.all(reactions.map((reaction) => startProcessor(source, [reaction], fast)))
    const names = { stream: 'TEST', consumer: 'reader', deadLetters: 'dead.test', timeLimit: 300 }
    const receivers = await Promise.all(
      subscribers.map((connection) =>
        startSubscriber(target, {
          subscription: natsSubscription(connection, names),
          stream: ({ attributes }) => `${attributes.subject}`,
          sessions: 1,
        }),
      ),
    )
    for (let n = 0; n < EVENTS; n++) {
      await append(source, `s:${n % STREAMS}`, [n])
      if (KILLED.includes(n)) await nats.stop()
      if (RESTARTED.includes(n)) await nats.start()
      if (n % 20 === 0) await systemClock.sleep(20)
    }
    const arrived = async () => {
      const lengths = Array.from({ length: STREAMS }, async (_, i) => (await target.events.load(`s:${i}`)).version)
      return (await Promise.all(lengths)).reduce((sum, length) => sum + length, 0)
    }
    await until('all have arrived', async () => (await arrived()) >= EVENTS, 90_000)
    await Promise.all(subscribers.map(reconnected))
    await Promise.all(receivers.map((receiver) => receiver.stop()))
    const { messages } = await manager.streams.info('DEAD').then(({ state }) => state)
    expect(messages, 'dead letters').toBe(0)
    for (let i = 0; i < STREAMS; i++) {
      const [sent, received] = await Promise.all([source.events.load(`s:${i}`), target.events.load(`s:${i}`)])
      expect(received.events.map(({ eventData }) => eventData)).toEqual(sent.events.map(({ eventData }) => eventData))
    }
    const [reaction] = reactions
    if (reaction) expect((await parkedSequences(source, reaction).list()).items).toEqual([])
    await Promise.all(workers.map((worker) => worker.stop()))
    await Promise.all([...publishers, ...subscribers, administrator].map((connection) => connection.close()))
  })
})
