import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Chances, faultsBySeed } from '../../../../support/mongo/faults.ts'
import { startProxy, type TcpProxy } from '../../../../support/mongo/tcp-proxy.ts'
import { MessageReader, opMsg, type WireMessage } from '../../../../support/mongo/wire.ts'

// A server that answers each command with ok, and says which ones it saw.
let server: Server
let proxy: TcpProxy
let seen: string[] = []
const sockets: Socket[] = []

beforeEach(async () => {
  seen = []
  server = createServer((socket) => {
    sockets.push(socket)
    const reader = new MessageReader()
    socket
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        for (const { id, command } of reader.read(chunk)) {
          seen.push(command ?? '?')
          socket.write(opMsg(1_000_000 + id, id, { ok: 1 }))
        }
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await proxy.close()
  server.close()
  await once(server, 'close')
})

type Client = {
  send(id: number, command: string): void
  readonly answers: WireMessage[]
  readonly closed: Promise<unknown>
}

async function newClient(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1').on('error', () => {})
  sockets.push(socket)
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  const answers: WireMessage[] = []
  const reader = new MessageReader()
  socket.on('data', (chunk: Buffer) => answers.push(...reader.read(chunk)))
  return { answers, closed, send: (id, command) => void socket.write(opMsg(id, 0, { [command]: 1, $db: 'x' })) }
}

const answersOf = async ({ answers }: Client, count: number) => {
  await expect.poll(() => answers.length, { timeout: 2000 }).toBe(count)
  return answers.map(({ answers: id }) => id)
}

describe('a proxy before a server', () => {
  it('forwards commands and answers in order', async () => {
    const client = await newClient()
    for (const id of [1, 2, 3]) client.send(id, 'find')
    expect(await answersOf(client, 3)).toEqual([1, 2, 3])
    expect(proxy.counts.forward).toBe(3)
  })

  it('cuts before the server sees a command', async () => {
    proxy.decide((command) => (command === 'commitTransaction' ? 'cutBefore' : 'forward'))
    const client = await newClient()
    client.send(1, 'insert')
    await answersOf(client, 1)
    client.send(2, 'commitTransaction')
    await client.closed
    expect([seen, client.answers.length]).toEqual([['insert'], 1])
  })

  it('cuts after the server has done a command, before the answer arrives', async () => {
    proxy.decide((command) => (command === 'commitTransaction' ? 'cutAfter' : 'forward'))
    const client = await newClient()
    client.send(1, 'commitTransaction')
    await client.closed
    expect([seen, client.answers.length]).toEqual([['commitTransaction'], 0])
  })

  it('drops one answer and keeps the connection', async () => {
    proxy.decide((command) => (command === 'insert' ? 'dropAnswer' : 'forward'))
    const client = await newClient()
    client.send(1, 'insert')
    client.send(2, 'find')
    expect(await answersOf(client, 1)).toEqual([2])
    expect(seen).toEqual(['insert', 'find'])
  })

  it('delays a command, and what comes behind it', async () => {
    proxy.decide((command) => (command === 'insert' ? { delay: 100 } : 'forward'))
    const client = await newClient()
    const begun = performance.now()
    client.send(1, 'insert')
    client.send(2, 'find')
    expect(await answersOf(client, 2)).toEqual([1, 2])
    expect(performance.now() - begun).toBeGreaterThan(90)
  })

  it('cuts all connections at once, and takes new ones', async () => {
    const clients = [await newClient(), await newClient()]
    proxy.cutAll()
    await Promise.all(clients.map(({ closed }) => closed))
    const client = await newClient()
    client.send(1, 'find')
    await answersOf(client, 1)
  })

  it('is cut when the server goes', async () => {
    const client = await newClient()
    client.send(1, 'find')
    await answersOf(client, 1)
    for (const socket of sockets) if (socket.localPort === (server.address() as AddressInfo).port) socket.destroy()
    await client.closed
  })
})

describe('messages on the wire', () => {
  it('are found again however they are cut into chunks', () => {
    const commands = ['insert', 'find', 'commitTransaction', 'é']
    const bytes = Buffer.concat(commands.map((command, i) => opMsg(i + 1, 0, { [command]: 'x'.repeat(i * 50) })))
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const reader = new MessageReader()
        const found = places.slice(1).flatMap((end, i) => reader.read(Buffer.from(bytes.subarray(places[i], end))))
        expect(found.map(({ command }) => command)).toEqual(commands)
        expect(found.map(({ id }) => id)).toEqual([1, 2, 3, 4])
      }),
    )
  })

  it('with documents before the command tell the command', () => {
    const plain = opMsg(7, 0, { insert: 'x' })
    const sequence = Buffer.concat([Buffer.from([1]), Buffer.from([14, 0, 0, 0]), Buffer.from('documents\0')])
    const bytes = Buffer.concat([plain.subarray(0, 20), sequence, plain.subarray(20)])
    bytes.writeInt32LE(bytes.length, 0)
    expect(new MessageReader().read(bytes)[0]?.command).toBe('insert')
  })

  it('that are none are told', () => {
    expect(() => new MessageReader().read(Buffer.from('GET / HTTP/1.1\r\n\r\n'.replace('GET ', '\0\0\0\0')))).toThrow(
      /not MongoDB/,
    )
  })
})

describe('faults by seed', () => {
  const chances: Chances = { cutBefore: 0.2, cutAfter: 0.2, dropAnswer: 0.1, delay: 0.2 }
  const fates = (seed: number) => {
    const decide = faultsBySeed(seed, chances)
    return Array.from({ length: 2000 }, () => decide('commitTransaction'))
  }

  it('come again with the seed, each about as often as it should', () => {
    expect(fates(7)).toEqual(fates(7))
    expect(fates(7)).not.toEqual(fates(8))
    const counts = Map.groupBy(fates(7), (fate) => (typeof fate === 'string' ? fate : 'delay'))
    for (const [fate, chance] of Object.entries(chances)) {
      const share = (counts.get(fate as 'delay')?.length ?? 0) / 2000
      expect(Math.abs(share - chance), fate).toBeLessThan(0.04)
    }
  })

  it('leave what a driver does for itself alone', () => {
    const decide = faultsBySeed(1, { cutBefore: 1 })
    expect(['hello', 'endSessions', 'insert'].map(decide)).toEqual(['forward', 'forward', 'cutBefore'])
  })
})
