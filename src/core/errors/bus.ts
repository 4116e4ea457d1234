import { TidemarkError } from './base.ts'

/** A message is larger than the bus accepts, also when it is sent alone. Only its stream is parked. */
export class MessageTooLarge extends TidemarkError {
  readonly code = 'MessageTooLarge'
  /** Where it was to be published. */
  readonly address: string
  /** The most bytes that the bus accepts in one message, if it says so. */
  readonly limit: number | undefined
  constructor(address: string, limit: number | undefined, options?: ErrorOptions) {
    const most = limit === undefined ? '' : ` of ${limit} bytes`
    super(`A message is larger than the limit${most} of ${address}: give the publisher a payload store`, options)
    this.address = address
    this.limit = limit
  }
}

/** The bus refused a message for a reason of the message's own. Only its stream is parked. */
export class MessageRefused extends TidemarkError {
  readonly code = 'MessageRefused'
  /** Where it was to be published. */
  readonly address: string
  /** @param reason the code of the bus, or why; never content */
  constructor(address: string, reason: string, options?: ErrorOptions) {
    super(`${address} refused a message: ${reason}`, options)
    this.address = address
  }
}

/** Another receiver has the messages, or may have them, because a lock expired or a connection was lost. */
export class BusLockLost extends TidemarkError {
  readonly code = 'BusLockLost'
}

/** A queue, topic or subscription is not set up as a publisher or subscriber needs it. */
export class BusEntityUnsuitable extends TidemarkError {
  readonly code = 'BusEntityUnsuitable'
  readonly entity: string
  /** @param fault what is wrong with it, and what to do */
  constructor(entity: string, fault: string, options?: ErrorOptions) {
    super(`${entity}: ${fault}`, options)
    this.entity = entity
  }
}
