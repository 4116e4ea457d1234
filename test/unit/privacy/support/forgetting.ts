import type { EventLog } from '../../../../src/core/port/event-log.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { finishDue } from '../../../../src/privacy/forgetting/finish.ts'
import { forget } from '../../../../src/privacy/forgetting/forget.ts'
import type { Forgetting } from '../../../../src/privacy/forgetting/forgetting.ts'
import type { Payloads } from '../../../../src/privacy/payloads/payloads.ts'
import { Epochs } from '../../../../src/privacy/vault/epochs.ts'
import { KeyStore } from '../../../../src/privacy/vault/key-store.ts'
import { openRoot } from '../../../../src/privacy/vault/open-root.ts'
import { KeyRing } from '../../../../src/privacy/vault/people/key-ring.ts'
import type { Setting } from './vaults.ts'

export const TTL = 60_000
export const MARGIN = 5000

/** Payloads that only remember which owners were forgotten. */
export function rememberedPayloads(before: (owner: string) => void = () => {}) {
  const forgotten: string[] = []
  const payloads: Payloads = {
    put: () => Promise.reject(new Error('not here')),
    fetch: () => Promise.reject(new Error('not here')),
    async forget(owner) {
      before(owner)
      forgotten.push(owner)
    },
  }
  return { payloads, forgotten }
}

/** What a process has that forgets people, around storages that may be faulty. */
export async function forgettingIn(
  { clock, master, keys, log }: Setting,
  parts: {
    readonly payloads?: Payloads
    readonly keys?: Pick<StoragePort, 'viewStore'>
    readonly log?: EventLog
  } = {},
): Promise<Forgetting> {
  const store = new KeyStore((parts.keys ?? keys).viewStore)
  const epochs = new Epochs(clock, [master], await openRoot(store, clock, master, TTL))
  const indexSecret = await epochs.indexSecret()
  const ring = new KeyRing({ store, epochs, indexSecret, clock, random: Math.random, cache: { max: 100, ttl: TTL } })
  return {
    store,
    epochs,
    ring,
    clock,
    payloads: parts.payloads,
    margin: MARGIN,
    log: () => ({ events: parts.log ?? log.events }),
  }
}

/** Forgets somebody and does all of the rest. */
export async function forgetCompletely(world: Setting, person: string): Promise<void> {
  const forgetting = await forgettingIn(world)
  await forget(forgetting, person)
  world.clock.advance(TTL + MARGIN)
  await finishDue(forgetting, new Set(), (error) => {
    throw error
  })
}

/** The markers in a log. */
export async function markersOf({ log }: Setting): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  for await (const { eventData, stream } of log.events.query({ types: ['$forgotten'] })) {
    found.push({ ...eventData, stream: stream.id })
  }
  return found
}
