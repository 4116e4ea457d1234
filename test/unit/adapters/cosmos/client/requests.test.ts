import { describe, expect, test } from 'vitest'
import type { RequestCharge } from '../../../../../src/adapters/cosmos/client/charges.ts'
import { AnswerLost, Refused } from '../../../../../src/adapters/cosmos/client/failures/errors.ts'
import { failureOf } from '../../../../../src/adapters/cosmos/client/failures/failure.ts'
import { retryDelay } from '../../../../../src/adapters/cosmos/client/failures/retry-delay.ts'
import type { OpenContainer } from '../../../../../src/adapters/cosmos/client/open-container.ts'
import type { Request } from '../../../../../src/adapters/cosmos/client/operation.ts'
import { runOperation } from '../../../../../src/adapters/cosmos/client/run-operation.ts'
import { Sessions } from '../../../../../src/adapters/cosmos/client/sessions/sessions.ts'
import { PartitionMap } from '../../../../../src/adapters/cosmos/partitions/partition-map.ts'
import type { Clock } from '../../../../../src/core/clock.ts'

/** A clock that jumps to the end of each sleep, but for the deadline's. */
function jumpingClock(deadline: number): Clock & { readonly slept: number[] } {
  let now = 0
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds, signal) => {
      if (milliseconds === deadline) return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
      slept.push(milliseconds)
      now += milliseconds
    },
  }
}

const DEADLINE = 30_000

const failing = (code: number | string, substatus?: number, more: object = {}) =>
  Object.assign(new Error('no matter what it says'), { code, ...(substatus !== undefined && { substatus }), ...more })

/** Makes a request that fails in these ways, one after the other (the last again and again), and then is answered. */
async function request(kind: Request<unknown>['kind'], failures: readonly unknown[], forEver = false) {
  const clock = jumpingClock(DEADLINE)
  const charges: RequestCharge[] = []
  const partitions = new PartitionMap()
  const sessions = new Sessions(partitions)
  const container = { sessions, partitions } as OpenContainer
  let made = 0
  const settings = { timing: clock, deadline: DEADLINE, report: (charge: RequestCharge) => charges.push(charge) }
  const outcome = await runOperation(settings, 'test', (operation) =>
    operation.request({
      in: container,
      at: { key: 'k' },
      kind,
      async send() {
        const failure = failures[forEver ? Math.min(made, failures.length - 1) : made]
        made++
        if (failure !== undefined) throw failure
        return { headers: { 'x-ms-request-charge': '2.5', 'x-ms-session-token': '0:-1#9' } }
      },
    }),
  ).then(
    () => 'answered',
    (error) => error,
  )
  return { outcome, made, clock, charges, sessions }
}

describe('what a failure means', () => {
  test.each([
    [429, 3200],
    [449, undefined],
  ])('%s: nothing was done, and every kind asks again', async (code, substatus) => {
    for (const kind of ['read', 'repeatable', 'write'] as const) {
      const { outcome, made } = await request(kind, [failing(code, substatus), failing(code, substatus)])
      expect([outcome, made]).toEqual(['answered', 3])
    }
  })

  test.each([
    ['ECONNREFUSED', undefined],
    ['ENOTFOUND', undefined],
    [410, 1002],
    [404, 1002],
    [403, 3],
  ])('%s/%s: nobody was there, and every kind asks again', async (code, substatus) => {
    for (const kind of ['read', 'repeatable', 'write'] as const) {
      expect((await request(kind, [failing(code, substatus)])).outcome).toBe('answered')
    }
  })

  test.each(['ECONNRESET', 'EPIPE', 'TimeoutError', 408, 500, 503])(
    '%s: nobody knows, so that only what may be done twice is asked again',
    async (code) => {
      for (const kind of ['read', 'repeatable'] as const) {
        expect((await request(kind, [failing(code)])).outcome).toBe('answered')
      }
      const { outcome, made } = await request('write', [failing(code)])
      expect(outcome).toBeInstanceOf(AnswerLost)
      expect(outcome.code).toBe('StorageUnavailable')
      expect(made).toBe(1)
    },
  )

  test.each([
    [401, undefined, 'StorageAccessDenied'],
    [403, 5300, 'StorageAccessDenied'],
    [403, 1014, 'StorageFull'],
    [404, 1003, 'StorageNotSetUp'],
  ])('%s/%s is %s at once', async (code, substatus, expected) => {
    const { outcome, made } = await request('read', [failing(code, substatus)], true)
    // A key may have been rotated just now, so that the next request is signed with another one.
    expect([outcome.code, made]).toEqual([expected, code === 401 ? 2 : 1])
    expect(outcome.cause).toMatchObject({ code })
  })

  test('what the server says about a refusal is told with its activity id, and without anything that may be a key', async () => {
    const key = Buffer.alloc(64, 7).toString('base64')
    const message = `Request originated from IP 10.0.0.1: blocked by your firewall. sig=${key}\r\nActivityId: 1, more`
    const headers = { 'x-ms-activity-id': 'b0c8a3f2-6d1e-4a57' }
    const { outcome } = await request('read', [failing(403, undefined, { body: { message }, headers })])
    expect(outcome.message).toContain(': Request originated from IP 10.0.0.1: blocked by your firewall. …')
    expect(outcome.message).toContain('(activity b0c8a3f2-6d1e-4a57)')
    expect(outcome.message).not.toContain('more')
    expect(outcome.message).not.toContain(key.slice(0, 12))
  })

  test('a check of the SDK itself is told at once', async () => {
    for (const kind of ['read', 'repeatable', 'write'] as const) {
      const { outcome, made } = await request(kind, [new Error('Invalid change feed start location.')], true)
      expect([outcome.code, made]).toEqual(['UnsupportedStorage', 1])
      expect(outcome.message).toContain('Invalid change feed start location.')
    }
  })

  test('an answer that is not JSON is not waited for until the deadline', async () => {
    for (const failure of [new SyntaxError('Unexpected token <'), new TypeError("reading 'message'")]) {
      const { outcome, made, clock } = await request('read', [failure], true)
      expect([outcome.code, made]).toEqual(['StorageUnavailable', 5])
      expect(clock.now()).toBeLessThan(1000)
      expect((await request('read', [failure])).outcome).toBe('answered')
      expect((await request('write', [failure])).outcome).toBeInstanceOf(AnswerLost)
    }
  })

  test('a transport that gives no code is a lost answer', async () => {
    const failure = Object.assign(new Error('aborted'), { name: 'AbortError' })
    expect((await request('read', [failure])).outcome).toBe('answered')
    const fetched = new TypeError('fetch failed', { cause: failing('ECONNREFUSED') })
    expect((await request('write', [fetched])).outcome).toBe('answered')
  })

  test('whoever cannot sign in is denied', async () => {
    const failure = Object.assign(new Error('no token'), { name: 'CredentialUnavailableError' })
    expect((await request('read', [failure])).outcome.code).toBe('StorageAccessDenied')
  })

  test.each([400, 409, 412, 413])('%s is for the caller to understand', async (code) => {
    const { outcome } = await request('write', [failing(code, 7)])
    expect(outcome).toBeInstanceOf(Refused)
    expect([outcome.status, outcome.substatus]).toEqual([code, 7])
  })

  test('what a batch threw is found inside the error that the SDK wraps it in', () => {
    const wrapped = new Error('Batch request error: …', { cause: failing(429, 3200, { retryAfterInMs: 40 }) })
    expect(failureOf(wrapped)).toMatchObject({ kind: 'busy', status: 429, substatus: 3200, retryAfter: 40 })
  })

  test('the SDK answers an absent container, or a session that is not there yet, as an absent item', async () => {
    let made = 0
    const settings = { timing: jumpingClock(DEADLINE), deadline: DEADLINE, report: () => {} }
    const run = (substatus: number) =>
      runOperation(settings, 'test', (operation) =>
        operation.request({
          kind: 'read',
          send: async () => (++made === 1 ? { statusCode: 404, substatus, headers: {} } : { statusCode: 404 }),
        }),
      )
    expect(await run(1002)).toEqual({ statusCode: 404 })
    made = 0
    await expect(run(1003)).rejects.toMatchObject({ code: 'StorageNotSetUp' })
  })
})

describe('the deadline', () => {
  test('ends in StorageBusy where the server throttled, and in StorageUnavailable where nobody answered', async () => {
    for (const [failure, code] of [
      [failing(429, 3200, { retryAfterInMs: 500 }), 'StorageBusy'],
      [failing('ECONNREFUSED'), 'StorageUnavailable'],
    ] as const) {
      const { outcome, clock } = await request('read', [failure], true)
      expect(outcome.code).toBe(code)
      expect(outcome.cause).toBe(failure)
      expect(clock.now()).toBeLessThan(DEADLINE)
      expect(clock.now()).toBeGreaterThan(DEADLINE / 2)
    }
  })

  test('ends a request that is never answered', async () => {
    const settings = {
      timing: { now: () => 0, sleep: () => Promise.resolve() },
      deadline: 10,
      report: () => {},
    }
    const hanging = runOperation(settings, 'test', ({ request }) =>
      request({ kind: 'read', send: () => new Promise(() => {}) }),
    )
    await expect(hanging).rejects.toMatchObject({ code: 'StorageUnavailable' })
  })

  test('a signal of the caller ends it with its reason', async () => {
    const controller = new AbortController()
    const settings = { timing: jumpingClock(DEADLINE), deadline: DEADLINE, report: () => {} }
    const hanging = runOperation(
      settings,
      'test',
      ({ request }) => request({ kind: 'read', send: () => new Promise(() => {}) }),
      controller.signal,
    )
    controller.abort(new Error('enough'))
    await expect(hanging).rejects.toThrow('enough')
  })
})

test('the server is not asked again before it said, nor by all at one moment', () => {
  for (const random of [0, 0.5, 0.999]) {
    expect(retryDelay(0, 300, () => random)).toBeGreaterThanOrEqual(300)
    expect(retryDelay(0, 300, () => random)).toBeLessThanOrEqual(375)
  }
  const pauses = [0, 1, 2, 3, 20].map((attempt) => retryDelay(attempt, undefined, () => 1))
  expect(pauses).toEqual([20, 40, 80, 160, 2000])
  expect(retryDelay(3, undefined, () => 0)).toBe(80)
})

test('charge and session token are taken from answers and from errors', async () => {
  const headers = { 'x-ms-request-charge': '1.5', 'x-ms-session-token': '1:-1#4' }
  const { charges, sessions } = await request('read', [failing(449, undefined, { headers })])
  expect(charges).toEqual([{ operation: 'test', charge: 4, requests: 2, statuses: { 200: 1, 449: 1 } }])
  expect(sessions.tokenFor({ key: 'k' })).toBe('1:-1#4,0:-1#9')
})
