import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { MessageReader, type WireMessage } from './wire.ts'

/**
 * What becomes of a command: it is forwarded, at once or after some milliseconds; the connection is cut before the
 * server sees it, or after the server has done it, so that the answer is lost; or the answer never comes, and the
 * connection stays.
 */
export type Fate = 'forward' | 'cutBefore' | 'cutAfter' | 'dropAnswer' | { readonly delay: number }

/** Decides what becomes of a command, by its name. */
export type Decide = (command: string) => Fate

/** A proxy between a driver and a server. */
export type TcpProxy = AsyncDisposable & {
  readonly port: number
  /** How often each fate came about. */
  readonly counts: Readonly<Record<'forward' | 'cutBefore' | 'cutAfter' | 'dropAnswer' | 'delay', number>>
  /** From now on, this decides. */
  decide(by: Decide): void
  /** Cuts all connections; new ones are taken. */
  cutAll(): void
  close(): Promise<void>
}

/** Starts a proxy on loopback before a server. */
export async function startProxy(
  target: { readonly host: string; readonly port: number },
  first: Decide = () => 'forward',
): Promise<TcpProxy> {
  let decide = first
  const counts = { forward: 0, cutBefore: 0, cutAfter: 0, dropAnswer: 0, delay: 0 }
  const connections = new Set<() => void>()
  const fateOf = ({ command }: WireMessage): Fate => {
    // What is no command, such as an old handshake, is none of a test's business.
    if (command === undefined) return 'forward'
    const fate = decide(command)
    counts[typeof fate === 'string' ? fate : 'delay']++
    return fate
  }
  const server = createServer((client) => {
    const cut = join(client, connect(target), fateOf)
    connections.add(cut)
    client.once('close', () => connections.delete(cut))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cutAll = () => {
    for (const cut of connections) cut()
  }
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    cutAll()
    await closed
  }
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    decide(by) {
      decide = by
    },
    cutAll,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Passes messages between two sockets. @returns how to cut both */
function join(client: Socket, upstream: Socket, fateOf: (message: WireMessage) => Fate): () => void {
  const cut = () => {
    client.destroy()
    upstream.destroy()
  }
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true)
    socket.on('error', cut).on('close', cut)
  }
  const fates = new Map<number, Fate>()
  // One after the other, so that what is delayed is not overtaken.
  let before: Promise<void> = Promise.resolve()
  const forward = async (message: WireMessage) => {
    const fate = fateOf(message)
    fates.set(message.id, fate)
    if (fate === 'cutBefore') return cut()
    if (typeof fate === 'object') await new Promise((resolve) => setTimeout(resolve, fate.delay))
    if (!upstream.destroyed) upstream.write(message.bytes)
  }
  const commands = new MessageReader()
  client.on('data', (chunk: Buffer) => {
    for (const message of commands.read(chunk)) before = before.then(() => forward(message))
  })
  const answers = new MessageReader()
  upstream.on('data', (chunk: Buffer) => {
    for (const message of answers.read(chunk)) {
      const fate = fates.get(message.answers)
      fates.delete(message.answers)
      if (fate === 'cutAfter') cut()
      else if (fate !== 'dropAnswer' && !client.destroyed) client.write(message.bytes)
    }
  })
  return cut
}
