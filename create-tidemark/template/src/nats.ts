//? bus=nats
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { DestinationUnavailable } from 'tidemark'
import type { Bus } from 'tidemark/messaging'
import { natsBus } from 'tidemark/nats'

const HOUR = 3_600_000_000_000 // nanoseconds

/**
 * A bus that connects when it first publishes, so that a worker starts, and does everything else, without a server.
 *
 * @param servers separated by commas
 */
export function lazyNatsBus(servers: string): Bus {
  let connecting: Promise<NatsConnection> | undefined

  async function open(address: string): Promise<NatsConnection> {
    const connection = await connect({ servers: servers.split(','), maxReconnectAttempts: -1 })
    const { streams } = await jetstreamManager(connection)
    const subject = `${address}.>`
    // For a new server on this machine; the stream of production is made by those who operate it.
    const settings = { name: address.replaceAll('.', '-'), subjects: [subject], duplicate_window: HOUR }
    await streams.find(subject).catch(() => streams.add(settings))
    return connection
  }

  return {
    name: 'NATS',
    async publish(address, messages, signal) {
      connecting ??= open(address)
      const connection = await connecting.catch((cause) => {
        connecting = undefined
        throw new DestinationUnavailable('NATS does not respond', { cause })
      })
      return natsBus(connection).publish(address, messages, signal)
    },
    async close() {
      await (await connecting)?.close()
    },
  }
}
