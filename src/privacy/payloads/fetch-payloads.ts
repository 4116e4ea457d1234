import { PayloadLost, PayloadTampered } from '../../core/errors/payload.ts'
import { isIntact } from './integrity.ts'
import type { PayloadParts } from './payload-parts.ts'
import type { PayloadReference } from './payloads.ts'

/**
 * Creates the function that reads objects: one round trip to the cache for all of them, then those that it lacks from
 * their stores, each once however many reads want it at the same time; these go into the cache. What the cache returns
 * is compared with the reference, too, and counts as absent if it differs.
 */
export function fetchPayloads(
  parts: PayloadParts,
): (references: readonly PayloadReference[]) => Promise<readonly Uint8Array[]> {
  const { cache, fills } = parts
  const inFlight = new Map<string, Promise<Uint8Array>>()

  const load = (reference: PayloadReference, loaded: Map<string, Uint8Array>): Promise<Uint8Array> => {
    const place = JSON.stringify([reference.in, reference.key, reference.sha256])
    const running = inFlight.get(place)
    if (running) return running
    const loading = loadFromStore(parts, reference).then((content) => {
      loaded.set(reference.key, content)
      return content
    })
    inFlight.set(place, loading)
    const end = () => void inFlight.delete(place)
    loading.then(end, end)
    return loading
  }

  return async (references) => {
    if (references.length === 0) return []
    const fill = fills.begin()
    try {
      const keys = [...new Set(references.map(({ key }) => key))]
      const cached = await cache?.getMany(keys).catch(() => undefined)
      const loaded = new Map<string, Uint8Array>()
      const outcomes = await Promise.allSettled(
        references.map(async (reference) => {
          const content = cached?.get(reference.key)
          return content !== undefined && isIntact(content, reference) ? content : load(reference, loaded)
        }),
      )
      // Also after a failure: the next attempt needs only what has failed.
      await fill.fill([...loaded])
      return outcomes.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason
        return outcome.value
      })
    } finally {
      fill.end()
    }
  }
}

async function loadFromStore({ routing, call }: PayloadParts, reference: PayloadReference): Promise<Uint8Array> {
  const { in: rule, key, event, field } = reference
  const store = routing.storeOf(reference)
  const content = await call(store, 'get', (signal) => store.get(key, signal))
  if (content === undefined) throw new PayloadLost(event, field, { rule, key })
  if (!isIntact(content, reference)) throw new PayloadTampered(event, field, { rule, key })
  return content
}
