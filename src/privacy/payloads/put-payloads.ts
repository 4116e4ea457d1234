import type { PayloadParts } from './payload-parts.ts'
import type { NewPayload, PayloadPlace } from './payloads.ts'

/**
 * Stores objects, each where the first matching rule says, then fills the cache. After a failure, none is being written
 * any more, and those that were are orphans.
 *
 * @throws PayloadRuleMissing before anything is stored; PayloadStoreFailed
 */
export async function putPayloads(
  { routing, call, fills }: PayloadParts,
  payloads: readonly NewPayload[],
): Promise<readonly PayloadPlace[]> {
  const routed = payloads.map((payload) => ({ ...payload, rule: routing.ruleFor(payload.traits) }))
  const fill = fills.begin()
  try {
    const outcomes = await Promise.allSettled(
      routed.map(({ key, content, rule: { store } }) =>
        call(store, 'put', (signal) => store.put(key, content, signal)),
      ),
    )
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    await fill.fill(routed.map(({ key, content }) => [key, content] as const))
  } finally {
    fill.end()
  }
  return routed.map(({ key, rule }) => ({ in: rule.name, key }))
}
