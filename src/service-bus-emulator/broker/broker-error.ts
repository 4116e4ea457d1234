/** An error of the service: an AMQP condition, and the status of a management response. */
export class BrokerError extends Error {
  readonly condition: string
  readonly status: number
  constructor(condition: string, status: number, message: string) {
    super(message)
    this.name = 'BrokerError'
    this.condition = condition
    this.status = status
  }
}

const kind = (condition: string, status: number) => (message: string) => new BrokerError(condition, status, message)

export const entityNotFound = kind('amqp:not-found', 404)
export const entityExists = kind('com.microsoft:entity-already-exists', 409)
export const entityDisabled = kind('com.microsoft:entity-disabled', 400)
export const notAllowed = kind('amqp:not-allowed', 400)
export const notImplemented = kind('amqp:not-implemented', 501)
export const argumentError = kind('com.microsoft:argument-error', 400)
export const quotaExceeded = kind('amqp:resource-limit-exceeded', 403)
export const messageTooLarge = kind('amqp:link:message-size-exceeded', 403)
export const messageLockLost = kind('com.microsoft:message-lock-lost', 410)
export const messageNotFound = kind('com.microsoft:message-not-found', 404)
export const sessionLockLost = kind('com.microsoft:session-lock-lost', 410)
export const sessionCannotBeLocked = kind('com.microsoft:session-cannot-be-locked', 410)
export const timedOut = kind('com.microsoft:timeout', 408)
export const serverBusy = kind('com.microsoft:server-busy', 503)
