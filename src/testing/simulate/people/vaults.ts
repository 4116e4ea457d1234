import { createSecretKey } from 'node:crypto'
import type { StoragePort } from '../../../core/port/storage.ts'
import { openVault, type PrivacyVault } from '../../../privacy/open-vault.ts'
import { indexContext } from '../../../privacy/vault/epochs.ts'
import { KeyStore } from '../../../privacy/vault/key-store.ts'
import type { MasterKey } from '../../../privacy/vault/master/master-key.ts'
import { unwrapKey, wrapKey } from '../../../privacy/vault/master/wrapped-key.ts'
import { newEpoch } from '../../../privacy/vault/open-root.ts'
import { withVault } from '../../../privacy/with-vault.ts'
import type { Views } from '../../../views/views.ts'
import { below } from '../../conformance/support/random.ts'
import { type MemoryStorage, openMemory } from '../../memory/index.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Line } from '../storage/network.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/** A process's storage with its vault. */
export type VaultProcess = {
  readonly vault: PrivacyVault
  readonly storage: StoragePort & { readonly views: Views }
}

/** The keys of a simulation, and what opens them. */
export type Vaults = {
  /** The database of the keys, as only the simulation sees it. */
  readonly keys: MemoryStorage
  /** Milliseconds for which keys are cached. */
  readonly ttl: number
  /** Milliseconds by which clocks may differ, and a call may be late. */
  readonly margin: number
  /** Opens the vault as a process does. @throws KeysUnavailable */
  open(port: StoragePort, line: Line): Promise<VaultProcess>
}

// How late a call of the keys may be. A marker waits for it twice, for a write and for the response to a read.
const LATE = PACE.lease / 6
const MARGIN = 2 * LATE + PACE.skew + 100

const KEY_BYTES = 32

/**
 * Creates the keys. Their index secret comes from the seed, because it decides on which streams the markers are, and so
 * in which range.
 */
export async function createVaults(world: World, random: () => number): Promise<Vaults> {
  const { scheduler } = world
  const bytes = () => Uint8Array.from({ length: KEY_BYTES }, () => below(random, 256))
  const clock = createClock(scheduler)
  const keys = openMemory({ clock, turn: () => Promise.resolve() })
  const master = createMaster(bytes())
  // 0: keys are read for every page.
  const ttl = [0, 500, 2000][below(random, 3)] as number
  const { key, stored } = await newEpoch(clock, master, 'simulated', 1)
  const index = wrapKey(createSecretKey(key), bytes(), indexContext('simulated', 1)).toString('base64url')
  const root = {
    format: 1,
    index: { epoch: 1, key: index },
    current: 1,
    epochs: { 1: stored },
    longestTtl: ttl,
  } as const
  await new KeyStore(keys.viewStore).saveRoot('simulated', root, 'ifAbsent')
  const around: World = { ...world, db: keys, watchers: [] }
  return {
    keys,
    ttl,
    margin: MARGIN,
    async open(port, line) {
      // Not the clock of the process, which may be hours off: forgetting relies on the margin.
      const clock = createClock(scheduler, line.actor)
      if (line.faulty) clock.skew = below(world.random, PACE.skew + 1) - PACE.skew / 2
      const vault = await openVault({
        keys: faultyPort(around, { ...line, late: LATE }),
        master,
        keyCache: { ttl },
        margin: MARGIN,
        clock,
        random: world.random,
      })
      return { vault, storage: withVault(port, vault, { clock }) }
    },
  }
}

function createMaster(bytes: Uint8Array): MasterKey {
  const key = createSecretKey(bytes)
  return {
    id: 'simulated',
    wrap: async (plain, { epoch = '' }) => wrapKey(key, plain, epoch),
    unwrap: async (wrapped, { epoch = '' }) => unwrapKey(key, wrapped, epoch) as Buffer,
  }
}
