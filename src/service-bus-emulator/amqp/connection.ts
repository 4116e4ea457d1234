import type { Delivery, EventContext } from 'rhea'
import { BrokerError, messageTooLarge } from '../broker/broker-error.ts'
import { MalformedEncoding } from '../messages/well-formed.ts'
import { dropConnection } from './drop-connection.ts'
import { attachOutgoing } from './links/attach.ts'
import { receive } from './links/incoming.ts'
import type { Outgoing } from './links/outgoing.ts'
import { answer, isRequestAddress } from './links/request-link.ts'
import type { ClientConnection, IncomingLink, OutgoingLink, TransferFrame } from './rhea.ts'
import { amqpError, BUSY, DETACHED, type ServerContext } from './server-context.ts'

/** rhea decodes what it delivers unless its format is other than 0; this stands for 0. */
const UNDECODED = 1

/** A disposition about more deliveries is refused, as rhea would count through all of them. */
const MAX_DISPOSED = 65_536

/** How many bytes a request may have. */
const MAX_REQUEST_BYTES = 1024 * 1024

const MAX_LINKS = 1_000

/** What one client does on its connection. */
export class ClientSession {
  readonly #context: ServerContext
  readonly #connection: ClientConnection
  /** What ends with each link. */
  readonly #ends = new Map<OutgoingLink | IncomingLink, () => void>()

  constructor(context: ServerContext, connection: ClientConnection) {
    this.#context = context
    this.#connection = connection
    this.#guardFrames()
    connection.on('sender_open', ({ sender }) =>
      this.#opened(sender as OutgoingLink, () => this.#onSender(sender as OutgoingLink)),
    )
    connection.on('receiver_open', ({ receiver }) =>
      this.#opened(receiver as IncomingLink, () => this.#onReceiver(receiver as IncomingLink)),
    )
    for (const event of ['sender_close', 'receiver_close']) {
      connection.on(event, ({ sender, receiver }: EventContext) => this.#end((sender ?? receiver) as OutgoingLink))
    }
    connection.on('session_close', ({ session }) => {
      for (const link of [...this.#ends.keys()]) if (link.session === (session as unknown)) this.#end(link)
    })
    for (const event of ['connection_close', 'disconnected']) connection.on(event, () => this.close())
    // Their causes are known: what is malformed ends the connection, and links that fail are closed with an error.
    for (const event of ['sender_error', 'receiver_error', 'session_error', 'connection_error']) {
      connection.on(event, () => {})
    }
  }

  /** Ends everything on the connection. */
  close(): void {
    for (const link of [...this.#ends.keys()]) this.#end(link)
  }

  #end(link: OutgoingLink | IncomingLink): void {
    const end = this.#ends.get(link)
    this.#ends.delete(link)
    end?.()
  }

  #opened(link: OutgoingLink | IncomingLink, open: () => void): void {
    try {
      if (this.#ends.size >= MAX_LINKS) {
        throw new BrokerError('amqp:resource-limit-exceeded', 403, `A connection may have ${MAX_LINKS} links.`)
      }
      open()
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      // A link that is refused has no terminus; the SDK takes one with a session filter for a session.
      link.set_source({} as never)
      link.close(amqpError(error))
    }
  }

  #onSender(link: OutgoingLink): void {
    const address = addressOf(link.source)
    link.set_source(link.source ?? {})
    link.set_target(link.target ?? {})
    link.local.attach.snd_settle_mode = link.snd_settle_mode
    link.local.attach.rcv_settle_mode = link.rcv_settle_mode
    if (isRequestAddress(address)) {
      this.#ends.set(link, () => {})
      return
    }
    if (this.#isRefused(link, address)) return
    const endWait = attachOutgoing(this.#context, link, address, (outgoing) => this.#begin(link, outgoing))
    if (!this.#ends.has(link)) this.#ends.set(link, endWait)
  }

  #begin(link: OutgoingLink, outgoing: Outgoing): void {
    this.#ends.set(link, () => outgoing.close())
    for (const outcome of ['accepted', 'rejected', 'released', 'modified']) {
      link.on(outcome, ({ delivery }: EventContext) => this.#guard(() => delivery && outgoing.onOutcome(delivery)))
    }
    link.on('sendable', () => this.#guard(() => outgoing.onCredit()))
    link.on('sender_draining', () => this.#guard(() => outgoing.onDrain()))
  }

  #onReceiver(link: IncomingLink): void {
    const address = addressOf(link.target)
    link.set_source(link.source ?? {})
    link.set_target({ address })
    if (isRequestAddress(address)) {
      link.local.attach.max_message_size = MAX_REQUEST_BYTES
      this.#ends.set(link, () => {})
      link.on('message', ({ delivery, message }: EventContext) =>
        this.#guard(() =>
          answer(this.#context, link, address, { delivery: delivery as Delivery, bytes: message as unknown as Buffer }),
        ),
      )
      return
    }
    if (this.#isRefused(link, address)) return
    const entity = this.#context.namespace.destination(address)
    link.local.attach.max_message_size = entity.settings.maxMessageSize
    this.#ends.set(link, () => {})
    link.on('message', ({ delivery, message }: EventContext) =>
      this.#guard(() =>
        receive(this.#context, link, {
          entity,
          delivery: delivery as Delivery,
          bytes: message as unknown as Buffer,
        }),
      ),
    )
  }

  /** Whether a fault keeps a link from being attached. */
  #isRefused(link: OutgoingLink | IncomingLink, entity: string): boolean {
    const fault = this.#context.faultAt({ on: 'attach', entity })
    if (fault === 'busy') link.close(BUSY)
    else if (fault === 'detach') link.close(DETACHED)
    else if (fault === 'dropBefore' || fault === 'dropAfter') dropConnection(link)
    else return false
    return true
  }

  /** What handlers throw would reach no caller. */
  #guard(handle: () => void): void {
    try {
      handle()
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), 'TidemarkWarning')
      dropConnection({ connection: this.#connection })
    }
  }

  #guardFrames(): void {
    const connection = this.#connection
    const [onTransfer, onDisposition] = [connection.on_transfer, connection.on_disposition]
    const pending = new Map<string, number>()
    connection.on_transfer = (frame: TransferFrame) => {
      const { performative, payload } = frame
      const key = `${frame.channel}:${performative.handle}`
      const bytes = (pending.get(key) ?? 0) + (payload?.length ?? 0)
      if (performative.more === true) pending.set(key, bytes)
      else pending.delete(key)
      if (bytes > MAX_REQUEST_BYTES && bytes > this.#largest) {
        throw new MalformedEncoding(messageTooLarge(`a message of more than ${this.#largest} bytes`).message)
      }
      if (!performative.message_format) performative.message_format = UNDECODED
      onTransfer.call(connection, frame)
    }
    connection.on_disposition = (frame) => {
      const { first, last = first } = frame.performative
      if ((last ?? first) - first > MAX_DISPOSED) throw new MalformedEncoding('a disposition of too many deliveries')
      onDisposition.call(connection, frame)
    }
  }

  /** More than any message may have. */
  get #largest(): number {
    return Math.max(MAX_REQUEST_BYTES, this.#context.namespace.maxMessageSize) + 64 * 1024
  }
}

const addressOf = (terminus: { readonly address?: unknown } | undefined): string =>
  typeof terminus?.address === 'string' ? terminus.address.replace(/^\//, '') : ''
