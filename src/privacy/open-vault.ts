import type { KeyObject } from 'node:crypto'
import { Changes } from '../core/async/changes.ts'
import { InvalidConfiguration } from '../core/errors/input.ts'
import type { Vault } from '../core/events/sealing/vault.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { admit } from './forgetting/admit.ts'
import { type FinishResult, finishDue } from './forgetting/finish.ts'
import { type ForgetResult, forget } from './forgetting/forget.ts'
import type { Forgetting } from './forgetting/forgetting.ts'
import { keepFinishing } from './forgetting/keep-finishing.ts'
import { type ReapplyOptions, type ReapplyReport, reapply } from './forgetting/reapply.ts'
import { type RotationOptions, type RotationReport, rotate } from './forgetting/rotate.ts'
import { type VaultStatus, vaultStatus } from './forgetting/status.ts'
import { createPayloads } from './payloads/create-payloads.ts'
import type { Payloads } from './payloads/payloads.ts'
import { openEvents } from './sealing/open-events.ts'
import { sealEvents } from './sealing/seal-events.ts'
import { stateSealing } from './sealing/seal-states.ts'
import { viewSealing } from './sealing/seal-views.ts'
import { derivedSecret } from './vault/derived-secret.ts'
import { Epochs } from './vault/epochs.ts'
import { KeyStore } from './vault/key-store.ts'
import { openRoot } from './vault/open-root.ts'
import { KeyRing } from './vault/people/key-ring.ts'
import { type VaultOptions, type VaultSettings, vaultSettings } from './vault/vault-options.ts'

/** The keys of people: what a storage seals with, and what forgets. */
export interface PrivacyVault extends Vault {
  /**
   * Forgets a person: from now on nothing can be sealed for them, and from `unreadableBy` on nothing that was sealed can
   * be opened by anyone. A processor finishes the rest. It may be repeated, also for a person without data.
   *
   * @throws InvalidPersonId; KeysUnavailable: then repeat it
   */
  forget(person: string): Promise<ForgetResult>
  /**
   * Lets data of a forgotten person be stored again. They get a new key, which opens nothing old.
   *
   * @throws ForgettingUnfinished, InvalidPersonId, KeysUnavailable
   */
  admit(person: string): Promise<void>
  /**
   * Does once what a processor does all the time: whatever can be finished now of forgetting people.
   *
   * @throws the first failure, after everything was tried
   */
  finishDue(): Promise<FinishResult>
  /** Makes backups of the keys from before it useless, once the retired master key is destroyed; see `rotate`. */
  rotate(options?: RotationOptions): Promise<RotationReport>
  /** Forgets again whom a restored backup of the keys brought back; see `reapply`. */
  reapply(options?: ReapplyOptions): Promise<ReapplyReport>
  /** Counts what the vault contains. @throws KeysUnavailable */
  status(): Promise<VaultStatus>
  /** Names the log that gets the markers; `withVault` does it. @throws InvalidConfiguration for a second log */
  bind(storage: Bound): void
}

/**
 * Opens the vault in a storage of keys, and creates it if the storage has none. The master key is called once for each
 * epoch, here.
 *
 * @throws InvalidOption, InvalidConfiguration (a master key is missing, or the wrong one), KeysUnavailable, VaultMismatch
 */
export async function openVault(options: VaultOptions): Promise<PrivacyVault> {
  const settings = vaultSettings(options)
  const { masters, cache, clock, random } = settings
  const store = new KeyStore(options.keys.viewStore)
  const root = await openRoot(store, clock, masters[0], cache.ttl)
  const epochs = new Epochs(clock, masters, root)
  const indexSecret = await epochs.indexSecret()
  await Promise.all(Object.keys(root.document.epochs).map((epoch) => epochs.keyOf(Number(epoch))))
  const ring = new KeyRing({ store, epochs, indexSecret, clock, random, cache })
  const { payloads: rules, payloadCache } = options
  const payloads = rules && createPayloads({ rules, clock, ...(payloadCache && { cache: payloadCache }) })
  return createVault(settings, { store, epochs, ring, payloads, indexSecret })
}

type Bound = Pick<StoragePort, 'events' | 'incarnation' | 'writerSeal'>

type Parts = {
  readonly store: KeyStore
  readonly epochs: Epochs
  readonly ring: KeyRing
  readonly payloads: Payloads | undefined
  readonly indexSecret: KeyObject
}

function createVault({ masters, clock, margin }: VaultSettings, parts: Parts): PrivacyVault {
  let bound: Bound | undefined
  const log = () => {
    if (bound) return bound
    throw new InvalidConfiguration('vault', 'has no log to write to: open the storage with withVault first')
  }
  const forgetting: Forgetting = { ...parts, clock, margin, log }
  const begun = new Changes(clock)
  const sealing = { keys: parts.ring, payloads: parts.payloads }
  return {
    events: {
      seal: (streamId, documents, definitions) => sealEvents(sealing, streamId, documents, definitions),
      open: (documents, definitions, options) => openEvents(sealing, documents, definitions, options),
    },
    views: viewSealing(parts.ring),
    states: stateSealing(parts.ring),
    secretFor: async (purpose) => derivedSecret(parts.indexSecret, purpose),
    async forget(person) {
      const result = await forget(forgetting, person)
      begun.notify()
      return result
    },
    admit: (person) => admit(forgetting, person),
    async finishDue() {
      const failures: unknown[] = []
      const result = await finishDue(forgetting, new Set(), (error) => void failures.push(error))
      if (failures.length > 0) throw failures[0]
      return result
    },
    finishForgetting: (signal, failed) => keepFinishing(forgetting, begun, signal, failed),
    rotate: (options = {}) => rotate(forgetting, options.master ?? masters[0], masters, options),
    reapply: (options = {}) => reapply(forgetting, options),
    status: () => vaultStatus(forgetting),
    bind(storage) {
      if (bound && bound.incarnation !== storage.incarnation) {
        throw new InvalidConfiguration('vault', 'belongs to another log: open one vault for each log')
      }
      bound ??= storage
    },
  }
}
