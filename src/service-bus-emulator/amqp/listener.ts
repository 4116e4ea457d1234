import { createServer, type Server, type Socket } from 'node:net'
import rhea from 'rhea'
import { ClientSession } from './connection.ts'
import { FrameGuard } from './frame-guard.ts'
import type { ClientConnection } from './rhea.ts'
import type { ServerContext } from './server-context.ts'

const HOST = '127.0.0.1'

/** What a client may send in one frame, as the service says when a connection opens. */
const MAX_FRAME_BYTES = 64 * 1024

const MAX_CHANNELS = 255

/** How long a connection may say nothing before it is closed, as on the service, in milliseconds. */
const IDLE_TIMEOUT = 240_000

/** How long a client has to open its connection, in milliseconds. */
const OPENING_TIME = 10_000

/** Unsettled deliveries that a session may have. */
const SESSION_BUFFER = { incoming: 5_000, outgoing: 20_000 }

/** Accepts connections on loopback. */
export class Listener {
  readonly #context: ServerContext
  readonly #server: Server
  /** What clients do, by their sockets. */
  readonly #clients = new Map<Socket, ClientSession>()
  readonly #container = rhea.create_container({ id: 'tidemark-service-bus-emulator' })

  constructor(context: ServerContext, maxConnections: number) {
    this.#context = context
    this.#server = createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = maxConnections
    this.#container.sasl_server_mechanisms.enable_anonymous()
    // What rhea cannot read ends its connection, and nothing else.
    this.#container.on('error', () => {})
    this.#container.on('protocol_error', () => {})
  }

  /** @returns the port. @throws the error of node:net if it cannot listen */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, HOST, () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  }

  /** Breaks all connections that are open. */
  disconnect(): void {
    for (const [socket, client] of this.#clients) {
      // At once: the events of a socket come when the store may be closed.
      client.close()
      socket.destroy()
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.disconnect()
    })
  }

  #accept(socket: Socket): void {
    if (this.#context.faultAt({ on: 'connect', entity: '' }) !== undefined) {
      socket.destroy()
      return
    }
    socket.setNoDelay(true)
    const connection = this.#container.create_connection({
      max_frame_size: MAX_FRAME_BYTES,
      channel_max: MAX_CHANNELS,
      idle_time_out: IDLE_TIMEOUT,
      session_buffer_size: SESSION_BUFFER,
      receiver_options: { autoaccept: false },
      sender_options: { treat_modified_as_released: false, autosettle: false },
    } as never) as unknown as ClientConnection
    const client = new ClientSession(this.#context, connection)
    this.#clients.set(socket, client)
    watchInput(connection, socket)
    connection.accept(socket)
    const opening = setTimeout(() => socket.destroy(), OPENING_TIME)
    connection.on('connection_open', () => clearTimeout(opening))
    socket.on('close', () => {
      clearTimeout(opening)
      this.#clients.delete(socket)
      client.close()
    })
  }
}

/** Lets a connection read only what is well-formed. */
function watchInput(connection: ClientConnection, socket: Socket): void {
  const guard = new FrameGuard(MAX_FRAME_BYTES)
  const input = connection.input
  connection.input = (chunk) => {
    try {
      guard.watch(chunk)
    } catch {
      socket.destroy()
      return
    }
    input.call(connection, chunk)
  }
}
