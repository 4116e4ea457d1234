import { systemClock } from '../core/clock.ts'
import { InvalidConfiguration } from '../core/errors/input.ts'
import type { EventTypes } from '../core/events/types.ts'
import { guardedTelemetry } from '../core/telemetry/guarded-telemetry.ts'
import type { Aggregate } from './aggregate.ts'
import type { RepositoryOptions } from './repository-options.ts'
import type { Context, RepositoryStorage } from './state/context.ts'
import { initialStates } from './state/initial-state.ts'
import { noSnapshots, snapshots } from './state/snapshots.ts'
import { stateCache } from './state/state-cache.ts'
import { fingerprintOf } from './state/state-fingerprint.ts'
import { createClaims } from './unique/create-claims.ts'

/** What the parts of a repository share. @throws InvalidConfiguration; NotJson for snapshots of a state that is not JSON */
export function contextOf<S, E extends EventTypes>(
  storage: RepositoryStorage,
  aggregate: Aggregate<S, E>,
  options: RepositoryOptions,
): Context<S, E> {
  const { snapshots: taking, cache = { max: 1000 }, retries = 8, clock = systemClock, telemetry } = options
  const { uniqueGrace = 1000 } = options
  assertCount('snapshots.every', taking?.every ?? 1, 1)
  assertCount('cache.max', cache ? cache.max : 1, 1)
  assertCount('retries', retries, 0)
  assertCount('uniqueGrace', uniqueGrace, 0)
  const { initial } = aggregate
  const definition = taking && fingerprintOf(aggregate, taking.salt ?? '')
  const context: Context<S, E> = {
    aggregate,
    storage,
    initial: initialStates(initial),
    clock,
    random: options.random ?? Math.random,
    retries,
    telemetry: guardedTelemetry(telemetry),
    cache: stateCache(cache ? cache.max : false, () => storage.incarnation),
    snapshots:
      taking && definition !== undefined ? snapshots(storage, taking, { definition, initial, clock }) : noSnapshots,
    claims: undefined,
  }
  return { ...context, claims: createClaims(context, uniqueGrace) }
}

function assertCount(setting: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidConfiguration(setting, `must be a whole number from ${least}`)
  }
}
