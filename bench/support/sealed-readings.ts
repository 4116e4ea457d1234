import { createSecretKey, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { canonicalJson } from '../../src/core/json/canonical-json.ts'
import { openEmbedded } from '../../src/embedded.ts'
import { defineEvents } from '../../src/index.ts'
import { type MasterKey, openVault, withVault } from '../../src/privacy/index.ts'
import { unwrapKey, wrapKey } from '../../src/privacy/vault/master/wrapped-key.ts'
import { reading } from './sample-events.ts'

/** The same events as `readingEvents`, with 150 bytes of each sealed for the meter, as if it was a person. */
export const sealedReadings = defineEvents({
  ReadingTaken: {
    schema: reading,
    personal: {
      of: (data) => data.meterId,
      fields: { postalCode: '', collectedBy: '', remark: '' },
    },
  },
})

/** A master key in memory, and how often it was called. */
function countedMaster(): MasterKey & { calls: number } {
  const key = createSecretKey(randomBytes(32))
  return {
    id: 'bench',
    calls: 0,
    async wrap(bytes, context) {
      this.calls++
      return wrapKey(key, bytes, canonicalJson(context))
    },
    async unwrap(wrapped, context) {
      this.calls++
      return unwrapKey(key, wrapped, canonicalJson(context)) as Buffer
    },
  }
}

/** An embedded storage, the same with a vault whose keys are in it, and how often keys are asked for. */
export async function openSealed(folder: string, options: Parameters<typeof openEmbedded>[1] = {}) {
  const storage = await openEmbedded(join(folder, 'tidemark'), options)
  const master = countedMaster()
  const calls = { keys: 0 }
  const { viewStore } = storage
  const counted = {
    viewStore: {
      ...viewStore,
      getMany: (...args: Parameters<typeof viewStore.getMany>) => {
        calls.keys++
        return viewStore.getMany(...args)
      },
    },
  }
  /** Opens the vault like another process, with an empty cache. */
  const open = (keyCache: { readonly ttl?: number } = {}) => openVault({ keys: counted, master, keyCache })
  const vault = await open()
  return {
    storage,
    vault,
    master,
    calls,
    open,
    sealed: withVault(storage, vault),
    [Symbol.asyncDispose]: () => storage.close(),
  }
}
