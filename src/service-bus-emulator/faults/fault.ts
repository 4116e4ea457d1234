/** What a client does that a fault can affect. */
export type FaultPoint = {
  /**
   * `connect`: a connection is opened; `attach`: a link; `send`: a message or a batch; `receive`: a message is about to
   * be delivered; `settle`: a message is settled by its receiver; `manage`: a request such as to schedule or to renew.
   */
  readonly on: 'connect' | 'attach' | 'send' | 'receive' | 'settle' | 'manage'
  /** The path of the entity, such as `orders` or `events/Subscriptions/mail`; empty for `connect`. */
  readonly entity: string
  /** For `manage` the operation, such as `com.microsoft:renew-lock`; for `settle` the outcome, such as `complete`. */
  readonly operation?: string
}

/**
 * What goes wrong:
 *
 * - `busy`: it is refused with `com.microsoft:server-busy`, and has no effect (attach, send, settle, manage)
 * - `lostReply`: it has its effect, but the client gets no reply (send, settle, manage)
 * - `detach`: it has no effect, and the link is detached (attach, send, receive, settle)
 * - `dropBefore`: it has no effect, and the connection breaks
 * - `dropAfter`: it has its effect, and the connection breaks before the client gets the reply
 * - `expiredLock`: the lock of the message or its session ends before it is settled or right after it was delivered
 *   (receive, settle)
 */
export type FaultKind = 'busy' | 'lostReply' | 'detach' | 'dropBefore' | 'dropAfter' | 'expiredLock'

/** All of them. */
export const FAULT_KINDS = [
  'busy',
  'lostReply',
  'detach',
  'dropBefore',
  'dropAfter',
  'expiredLock',
] as const satisfies readonly FaultKind[]

/** Decides for each operation, before it is handled, what goes wrong with it; `undefined` for nothing. */
export type FaultHook = (point: FaultPoint) => FaultKind | undefined

/** Which kinds of faults can occur where. */
export const POSSIBLE: Readonly<Record<FaultPoint['on'], readonly FaultKind[]>> = {
  connect: ['dropBefore'],
  attach: ['busy', 'detach', 'dropBefore', 'dropAfter'],
  send: ['busy', 'lostReply', 'detach', 'dropBefore', 'dropAfter'],
  receive: ['detach', 'dropBefore', 'dropAfter', 'expiredLock'],
  settle: ['busy', 'lostReply', 'detach', 'dropBefore', 'dropAfter', 'expiredLock'],
  manage: ['busy', 'lostReply', 'dropBefore', 'dropAfter'],
}
