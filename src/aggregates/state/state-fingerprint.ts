import { builtin } from '../../core/builtin-modules.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { isDescribed, personalOf, schemaVersionOf } from '../../core/events/describe.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import { assertJson, type JsonObject } from '../../core/json/json.ts'
import type { Aggregate } from '../aggregate.ts'

/**
 * A hash of the code that computes an aggregate's state: the initial state, the source text of each `evolve` handler,
 * the schema versions, the source text of the upcasters and the stand-ins of personal members. Functions that a handler calls are not included; `salt`
 * stands for them.
 *
 * @throws NotJson if the initial state is not JSON, so that no snapshot of it could be stored
 */
export function fingerprintOf<S, E extends EventTypes>(aggregate: Aggregate<S, E>, salt: string): string {
  const { category, initial, evolve, events } = aggregate
  assertJson(initial, 'initial')
  const types = Object.keys(events.definitions).sort()
  const parts = types.map((type) => {
    const definition = events.definitions[type] as EventDefinitions[string]
    const upcasters = isDescribed(definition) ? Object.entries(definition.upcast ?? {}) : []
    const standIns = personalOf(definition).map(({ fields }) => canonicalJson(fields as JsonObject))
    return [
      type,
      schemaVersionOf(definition),
      String(evolve[type as keyof E & string]),
      upcasters.map(([from, upcast]) => [from, String(upcast)]),
      ...standIns,
    ]
  })
  const text = JSON.stringify([category, salt, canonicalJson(initial), parts])
  return builtin.crypto().createHash('sha256').update(text).digest('base64url')
}
