import { expect, it } from 'vitest'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { HandlerFailed } from '../../../src/core/errors/view.ts'
import { logError } from '../../../src/worker/log-error.ts'

const timesIn = (text: string, part: string): number => text.split(part).length - 1

it('names a cause once, and where both were thrown', () => {
  const cause = new TypeError('no postal code')
  const event = { type: 'Happened', streamId: 'a:1', version: 4 }
  const logged = logError(new HandlerFailed('counts', 'all', event, { cause })) as Record<string, string>
  expect(logged).toMatchObject({
    type: 'HandlerFailed',
    code: 'HandlerFailed',
    message: 'counts: the handler for view all failed at a:1@4 (Happened): no postal code',
    projection: 'counts',
  })
  expect(timesIn(JSON.stringify(logged), 'no postal code')).toBe(1)
  expect(logged.stack).toMatch(/^ +at .*log-error\.test[\s\S]*\ncaused by TypeError\n +at .*log-error\.test/)
})

it('adds a cause that the message does not name, however deep', () => {
  const deep = new Error('connection reset')
  const error = new StorageUnavailable('The leases were not read', {
    cause: new Error('fetch failed', { cause: deep }),
  })
  expect(logError(error)).toMatchObject({ message: 'The leases were not read: fetch failed: connection reset' })
})

it('takes what is no error as it is, and a ring of causes', () => {
  expect(logError('text')).toBe('text')
  const error = new Error('ring')
  error.cause = error
  expect(logError(error)).toMatchObject({ type: 'Error', message: 'ring' })
})
