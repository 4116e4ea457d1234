import { createSecretKey, randomBytes } from 'node:crypto'
import { InvalidConfiguration } from '../../../../src/core/errors/input.ts'
import { type SealedMembers, sealedMembersOf } from '../../../../src/core/events/sealing/sealed-data.ts'
import { canonicalJson } from '../../../../src/core/json/canonical-json.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { openVault, type PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import type { MasterKey } from '../../../../src/privacy/vault/master/master-key.ts'
import { unwrapKey, wrapKey } from '../../../../src/privacy/vault/master/wrapped-key.ts'
import type { VaultOptions } from '../../../../src/privacy/vault/vault-options.ts'
import { type ManualClock, manualClock } from '../../../../src/testing/manual-clock.ts'
import { type MemoryState, type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { definitions, registered, stored } from './people.ts'

/** A master key in memory that counts its calls. */
export type TestMaster = MasterKey & { readonly calls: { wrap: number; unwrap: number } }

export function testMaster(id = 'test:1'): TestMaster {
  const key = createSecretKey(randomBytes(32))
  const calls = { wrap: 0, unwrap: 0 }
  return {
    id,
    calls,
    async wrap(bytes, context) {
      calls.wrap++
      return wrapKey(key, bytes, canonicalJson(context))
    },
    async unwrap(wrapped, context) {
      calls.unwrap++
      const bytes = unwrapKey(key, wrapped, canonicalJson(context))
      if (bytes === undefined) throw new InvalidConfiguration('master', 'wrong key')
      return bytes
    },
  }
}

/** A log, a storage of keys, and vaults that several processes opened. */
export type Setting = {
  readonly clock: ManualClock
  readonly master: TestMaster
  readonly log: MemoryStorage
  readonly keys: MemoryStorage
  /** Opens what another process would, bound to the log. */
  open(options?: Partial<VaultOptions>): Promise<PrivacyVault>
}

export function setting(): Setting {
  const clock = manualClock()
  const master = testMaster()
  const [log, keys] = [openMemory({ clock }), openMemory({ clock })]
  return {
    clock,
    master,
    log,
    keys,
    async open(options = {}) {
      const vault = await openVault({ keys, master, clock, ...options })
      vault.bind(log)
      return vault
    },
  }
}

export const STREAM = 'member:17'

/** Seals the registration of a member, and returns how it is stored. */
export async function sealed(vault: PrivacyVault, person: string, name = 'Ada Lovelace', event = person) {
  const [document] = await vault.events.seal(STREAM, [registered(person, name, event)], definitions)
  if (document === undefined) throw new Error('Nothing was sealed')
  return stored(STREAM, document)
}

/** Opens one event. */
export async function opened(vault: PrivacyVault, event: Awaited<ReturnType<typeof sealed>>) {
  const [result] = await vault.events.open([event], definitions, { personal: true })
  if (result === undefined) throw new Error('Nothing was opened')
  return result
}

/** The documents of keys of a database, the root's excepted. */
export const keyDocuments = (state: MemoryState) =>
  [...state.views]
    .filter(([id]) => id.startsWith('$keys:') && !id.endsWith(':$root'))
    .map(([, { json }]) => JSON.parse(json).data)

/** Another handle onto a database, whose calls take a random number of turns of the event loop. */
export const unsteady = ({ state }: MemoryStorage): MemoryStorage =>
  openMemory({
    shared: state,
    turn: async () => {
      for (let i = Math.floor(Math.random() * 4); i >= 0; i--) await new Promise((resolve) => setImmediate(resolve))
    },
  })

/** A view store whose calls are counted, and can be made to fail before or after they take effect. */
export function watched(storage: StoragePort, before: (call: string) => void = () => {}) {
  const calls: string[] = []
  const { viewStore } = storage
  const wrap = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      calls.push(name)
      before(name)
      return call(...args)
    }
  }
  return {
    calls,
    keys: {
      viewStore: {
        ...viewStore,
        get: wrap('get', viewStore.get),
        getMany: wrap('getMany', viewStore.getMany),
        save: wrap('save', viewStore.save),
        query: wrap('query', viewStore.query),
        count: wrap('count', viewStore.count),
      },
    },
  }
}

/** Moves a manual clock until the work is done, however often it sleeps. */
export async function passing<T>(clock: ManualClock, work: Promise<T>, step = 1000): Promise<T> {
  let done = false
  const end = () => {
    done = true
  }
  work.then(end, end)
  while (!done) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (clock.sleeping > 0 && !done) clock.advance(step)
  }
  return work
}

// The sealed members of a document, as they are stored.
const sealedParts = ({ eventData }: { readonly eventData: JsonObject }): readonly SealedMembers[] =>
  sealedMembersOf(eventData)

/** The first of them. */
export function sealedPart(document: { readonly eventData: JsonObject }): SealedMembers {
  const [part] = sealedParts(document)
  if (part === undefined) throw new Error('Nothing is sealed')
  return part
}
