import { createHash, timingSafeEqual } from 'node:crypto'
import { backoffDelay } from '../../../core/async/backoff.ts'
import { withDeadline } from '../../../core/async/deadline.ts'
import type { Clock } from '../../../core/clock.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { KeysUnavailable } from '../../../core/errors/privacy.ts'
import { canonicalJson } from '../../../core/json/canonical-json.ts'
import { KEY_BYTES } from '../../sealing/derived-keys.ts'
import type { MasterContext, MasterKey } from './master-key.ts'

// How long, in milliseconds, a call of a master key may take, and how often it is tried.
const MASTER_CALLS = { limit: 10_000, attempts: 4, backoff: { first: 200, most: 2000 } } as const

const CHECK_BYTES = 16

/** Wraps a key of 32 bytes, together with a digest of the context, since not every service binds one. */
export function wrapByMaster(clock: Clock, master: MasterKey, key: Uint8Array, context: MasterContext) {
  return callMaster(clock, master, (signal) => master.wrap(Buffer.concat([key, checkOf(context)]), context, signal))
}

/**
 * Unwraps a key.
 *
 * @throws KeysUnavailable if the master key's service fails, hangs, or returns something else;
 *   InvalidConfiguration if it is the wrong master key
 */
export async function unwrapByMaster(clock: Clock, master: MasterKey, wrapped: Uint8Array, context: MasterContext) {
  const bytes = await callMaster(clock, master, (signal) => master.unwrap(wrapped, context, signal))
  const check = bytes.subarray(KEY_BYTES)
  if (bytes.length !== KEY_BYTES + CHECK_BYTES || !timingSafeEqual(check, checkOf(context))) {
    throw new InvalidConfiguration('master', `${master.id} unwraps a key of another vault or epoch`)
  }
  return bytes.subarray(0, KEY_BYTES)
}

const checkOf = (context: MasterContext): Buffer =>
  createHash('sha256').update(canonicalJson(context)).digest().subarray(0, CHECK_BYTES)

async function callMaster(
  clock: Clock,
  { id }: MasterKey,
  call: (signal: AbortSignal) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withinLimit(clock, call)
    } catch (cause) {
      if (cause instanceof InvalidConfiguration) throw cause
      if (attempt === MASTER_CALLS.attempts) {
        // A connector says what to do; the message of a driver might contain anything.
        const what = cause instanceof KeysUnavailable ? cause.message : `Master key ${id} failed`
        throw new KeysUnavailable(`${what} (tried ${attempt} times)`, { cause })
      }
      await clock.sleep(backoffDelay(attempt, MASTER_CALLS.backoff, Math.random))
    }
  }
}

// An answer after the limit is lost: another attempt is on its way.
async function withinLimit(clock: Clock, call: (signal: AbortSignal) => Promise<Uint8Array>): Promise<Uint8Array> {
  const late = new AbortController()
  return withDeadline(clock, MASTER_CALLS.limit, call(late.signal), () => {
    late.abort()
    return new Error(`No answer within ${MASTER_CALLS.limit} ms`)
  })
}
