import { entityDisabled, notAllowed, timedOut } from '../../broker/broker-error.ts'
import type { Queue } from '../../broker/queue.ts'
import { codec, type Typed } from '../../messages/codec.ts'
import { holdAttach, type OutgoingLink } from '../rhea.ts'
import { amqpError, type ServerContext } from '../server-context.ts'
import { Outgoing } from './outgoing.ts'

const SESSION_FILTER = 'com.microsoft:session-filter'
const LOCKED_UNTIL = 'com.microsoft:locked-until-utc'
const TIMEOUT = 'com.microsoft:timeout'

/** How long a client waits for a session that does not say, in milliseconds. */
const SESSION_TIMEOUT = 60_000

/**
 * Answers a client that wants to receive: at once, or when there is a session for it.
 *
 * @param begin called with the link's consumer once it can be sent to
 * @returns ends the wait
 * @throws BrokerError if it cannot receive there
 */
export function attachOutgoing(
  context: ServerContext,
  link: OutgoingLink,
  address: string,
  begin: (outgoing: Outgoing) => void,
): () => void {
  const queue = context.namespace.source(address)
  const wanted = sessionFilterOf(link)
  assertReceivable(queue, wanted !== undefined)
  if (wanted === undefined) {
    const outgoing = new Outgoing(context, link, queue, undefined)
    begin(outgoing)
    context.dispatcher.add(queue, outgoing)
    return () => {}
  }
  if (wanted.id !== undefined) {
    grant(context, link, { queue, address, session: wanted.id }, begin)
    return () => {}
  }
  return waitForSession(context, link, { queue, address }, begin)
}

type Place = { readonly queue: Queue; readonly address: string }

function grant(
  context: ServerContext,
  link: OutgoingLink,
  { queue, address, session }: Place & { readonly session: string },
  begin: (outgoing: Outgoing) => void,
): void {
  const outgoing = new Outgoing(context, link, queue, session)
  const until = context.run(() => queue.lockSession(session, outgoing))
  link.set_source({ address, filter: { [SESSION_FILTER]: session } })
  link.local.attach.properties = { [LOCKED_UNTIL]: ticks(until) }
  begin(outgoing)
  context.dispatcher.add(queue, outgoing)
}

function waitForSession(
  context: ServerContext,
  link: OutgoingLink,
  place: Place,
  begin: (outgoing: Outgoing) => void,
): () => void {
  holdAttach(link)
  const over = new AbortController()
  const { dispatcher, clock } = context
  const waiting = {
    takeOne(): boolean {
      const session = place.queue.freeSession()
      if (session === undefined) return false
      end()
      grant(context, link, { ...place, session }, begin)
      link.open()
      return true
    },
  }
  const end = () => {
    over.abort()
    dispatcher.remove(place.queue, waiting)
  }
  dispatcher.add(place.queue, waiting)
  clock.sleep(timeoutOf(link), over.signal).then(() => {
    if (over.signal.aborted) return
    end()
    link.open()
    link.close(amqpError(timedOut('The operation did not complete within the allotted time: no session is free.')))
  })
  return () => {
    if (over.signal.aborted) return
    end()
    // The client takes its attach back, and waits for an answer to both.
    link.open()
  }
}

function assertReceivable(queue: Queue, isBySession: boolean): void {
  const { status, forwardTo, requiresSession } = queue.settings
  if (status === 'Disabled' || status === 'ReceiveDisabled') {
    throw entityDisabled(`The entity ${queue.path} is disabled for receiving.`)
  }
  if (forwardTo !== undefined) {
    throw notAllowed(`Cannot create a message receiver on ${queue.path}: it forwards its messages.`)
  }
  if (requiresSession && !isBySession) {
    throw notAllowed(
      `It is not possible for an entity that requires sessions to create a non-sessionful message receiver: ${queue.path}.`,
    )
  }
  if (!requiresSession && isBySession) {
    throw notAllowed(
      `A sessionful message receiver cannot be created on an entity that does not require sessions: ${queue.path}.`,
    )
  }
}

/** The session that a client asks for; without an id, the next one. `undefined` if it asks for none. */
function sessionFilterOf({ source }: OutgoingLink): { readonly id?: string } | undefined {
  const filter = source?.filter as Readonly<Record<string, unknown>> | undefined
  if (filter === undefined || filter === null || !(SESSION_FILTER in filter)) return undefined
  const given = filter[SESSION_FILTER]
  const id = typeof given === 'object' && given !== null ? (given as Typed).value : given
  return typeof id === 'string' ? { id } : {}
}

function timeoutOf({ remote }: OutgoingLink): number {
  const timeout = remote.attach?.properties?.[TIMEOUT]
  return typeof timeout === 'number' && timeout >= 0 ? timeout : SESSION_TIMEOUT
}

/** The ticks of .NET from year 1 to 1970. */
const TICKS_TO_1970 = 621_355_968_000_000_000n

function ticks(milliseconds: number): Typed {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(Math.floor(milliseconds)) * 10_000n + TICKS_TO_1970)
  return codec.wrap_long(bytes)
}
