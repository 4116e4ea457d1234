import rhea, { type Connection, type Delivery, type Receiver, type Sender } from 'rhea'
import type { Typed } from '../messages/codec.ts'

/** What the emulator uses of rhea beyond rhea's own types. */
type Internals = {
  readonly session: {
    readonly outgoing: {
      readonly next_delivery_id: number
      readonly next_pending_delivery: number
      available(): number
    }
  }
  readonly local: { readonly attach: Record<string, unknown> }
  readonly remote: { readonly attach?: { readonly properties?: Readonly<Record<string, unknown>> } }
  readonly state: { local_open: boolean; open_requests: number }
  readonly credit: number
  _get_drain(): boolean
}

/** A link on which a client receives. */
export type OutgoingLink = Sender & Internals

/** A link on which a client sends. */
export type IncomingLink = Receiver & Internals

/** A delivery whose flags the emulator sets. */
export type MutableDelivery = { -readonly [member in keyof Delivery]: Delivery[member] }

/** A frame that transfers a message, or a part of one. */
export type TransferFrame = {
  readonly channel: number
  readonly performative: { message_format?: number | undefined; readonly handle: number; readonly more?: boolean }
  readonly payload?: Buffer
}

/** A frame that settles deliveries by their numbers. */
export type DispositionFrame = { readonly performative: { readonly first: number; readonly last?: number } }

/** A connection of a client. */
export type ClientConnection = Connection & {
  accept(socket: unknown): void
  input(chunk: Buffer): void
  on_transfer(frame: TransferFrame): void
  on_disposition(frame: DispositionFrame): void
}

type Outcomes = Readonly<Record<'accepted' | 'rejected' | 'modified', (fields: object) => { described(): Typed }>>

const outcomes = rhea.message as unknown as Outcomes

/** What the emulator says about a delivery. */
export const OUTCOME = {
  accepted: () => outcomes.accepted({}).described(),
  modified: (undeliverableHere: boolean) => outcomes.modified({ undeliverable_here: undeliverableHere }).described(),
  rejected: (condition?: string, description?: string) =>
    outcomes.rejected(condition === undefined ? {} : { error: { condition, description } }).described(),
}

/** How many more deliveries a link may send now: rhea counts credit only when it writes. */
export function roomOf({ credit, session: { outgoing } }: OutgoingLink): number {
  const unsent = outgoing.next_delivery_id - outgoing.next_pending_delivery
  return Math.min(credit - unsent, outgoing.available())
}

/**
 * Tells a client that waits for it that its link has no credit left. rhea does so only where it takes back credit, not
 * where the last message used it: the client of Azure would then give up the link after 200 ms.
 */
export function reportDrained(link: OutgoingLink): void {
  const takeBack = link._get_drain
  link._get_drain = () => {
    link._get_drain = takeBack
    takeBack.call(link)
    return true
  }
  link.set_drained(true)
}

/** Puts off the answer to an attach until `open` is called. */
export function holdAttach({ state }: OutgoingLink): void {
  state.local_open = false
  state.open_requests = 0
}
