import { builtin } from '../../core/builtin-modules.ts'
import { isVersioned, schemaVersionOf } from '../../core/events/define-events.ts'
import type { EventDefinitions, EventTypes } from '../../core/events/types.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import { assertJson } from '../../core/json/json.ts'
import type { Aggregate } from '../aggregate.ts'

/**
 * A hash of the code that computes an aggregate's state: the initial state, the source text of each `evolve` handler,
 * the schema versions and the source text of the upcasters. Functions that a handler calls are not included; `salt`
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
    const upcasters = isVersioned(definition) ? Object.entries(definition.upcast) : []
    return [
      type,
      schemaVersionOf(definition),
      String(evolve[type as keyof E & string]),
      upcasters.map(([from, upcast]) => [from, String(upcast)]),
    ]
  })
  const text = JSON.stringify([category, salt, canonicalJson(initial), parts])
  return builtin.crypto().createHash('sha256').update(text).digest('base64url')
}
