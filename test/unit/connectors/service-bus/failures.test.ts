import { MessagingError, ServiceBusError } from '@azure/service-bus'
import { describe, expect, test } from 'vitest'
import { isNoSession, publishFailure, receiveFailure } from '../../../../src/connectors/service-bus/failures.ts'

const sdk = (code: string) => new ServiceBusError('host secret.servicebus.windows.net', code as never)

/** What the SDK makes of an error of the operating system: no code of its own, and not worth a retry to it. */
function system(code: string): Error {
  const error = Object.assign(new MessagingError(`connect ${code} 10.0.0.1:5671`), { code, retryable: false })
  return new ServiceBusError(error)
}

const publish = (error: unknown) => publishFailure('orders', error, 262_144)

describe('publishing', () => {
  test.each([
    'ServiceBusy',
    'ServiceTimeout',
    'ServiceCommunicationProblem',
    'QuotaExceeded',
    'UnauthorizedAccess',
    'MessagingEntityNotFound',
    'MessagingEntityDisabled',
    'GeneralError',
    'SomethingNew',
  ])('%s is an outage', (code) => {
    expect(publish(sdk(code))).toMatchObject({ code: 'DestinationUnavailable' })
  })

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE'])('%s is an outage', (code) => {
    const failure = publish(system(code))
    expect(failure).toMatchObject({ code: 'DestinationUnavailable', message: `orders is unavailable: ${code}` })
  })

  test('retries of the SDK that all failed are an outage, though their error has no code', () => {
    const retries = new AggregateError([sdk('ServiceBusy'), system('ECONNREFUSED')])
    expect(publish(retries)).toMatchObject({ code: 'DestinationUnavailable' })
  })

  test('a TypeError that the SDK throws when a connection breaks is an outage', () => {
    const broken = new TypeError("Cannot read properties of undefined (reading '_process')")
    expect(publish(broken)).toMatchObject({ code: 'DestinationUnavailable' })
  })

  test('a message that is too large is at fault, also when it was tried several times', () => {
    const expected = { code: 'MessageTooLarge', address: 'orders', limit: 262_144 }
    expect(publish(sdk('MessageSizeExceeded'))).toMatchObject(expected)
    const retries = new AggregateError([sdk('MessageSizeExceeded'), sdk('MessageSizeExceeded')])
    expect(publish(retries)).toMatchObject(expected)
  })

  test('a message is not at fault if any of the attempts failed for another reason', () => {
    const retries = new AggregateError([sdk('MessageSizeExceeded'), sdk('ServiceBusy')])
    expect(publish(retries)).toMatchObject({ code: 'DestinationUnavailable' })
  })

  test.each(['ArgumentError', 'ArgumentOutOfRangeError', 'DecodeError', 'InvalidFieldError'])(
    '%s is the message’s own',
    (code) => {
      const error = new ServiceBusError(Object.assign(new MessagingError('no'), { code }))
      expect(publish(error)).toMatchObject({ code: 'MessageRefused', message: `orders refused a message: ${code}` })
    },
  )

  test('no message repeats what the SDK says, which may be secret', () => {
    const said = 'SharedAccessKey=abc'
    for (const code of ['ServiceBusy', 'MessageSizeExceeded', 'GeneralError']) {
      const failure = publish(new ServiceBusError(said, code as never))
      expect(failure.message).not.toContain('abc')
      expect(failure.cause).toBeInstanceOf(ServiceBusError)
    }
  })

  test('an error that is its own cause is looked at once', () => {
    const error = new Error('loop')
    error.cause = error
    expect(publish(error)).toMatchObject({ code: 'DestinationUnavailable' })
  })
})

describe('receiving', () => {
  test.each(['SessionLockLost', 'MessageLockLost', 'SessionCannotBeLocked', 'MessageNotFound'])(
    '%s loses the session',
    (code) => {
      expect(receiveFailure('orders', sdk(code))).toMatchObject({ code: 'BusLockLost' })
    },
  )

  test('a queue without sessions is unsuitable', () => {
    const description =
      'It is not possible for an entity that does not require sessions to create a sessionful receiver'
    const error = new ServiceBusError(Object.assign(new MessagingError(description), { code: 'InvalidOperationError' }))
    expect(receiveFailure('orders', error)).toMatchObject({ code: 'BusEntityUnsuitable', entity: 'orders' })
  })

  test('anything else is an outage', () => {
    expect(receiveFailure('orders', sdk('ServiceBusy'))).toMatchObject({ code: 'DestinationUnavailable' })
    expect(receiveFailure('orders', 'a string')).toMatchObject({ code: 'DestinationUnavailable' })
  })

  test('that no session has messages is told from other failures', () => {
    expect(isNoSession(sdk('ServiceTimeout'))).toBe(true)
    expect(isNoSession(sdk('ServiceBusy'))).toBe(false)
  })
})
