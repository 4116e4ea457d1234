import { builtin } from '../../core/builtin-modules.ts'
import { isVersioned, schemaVersionOf } from '../../core/events/define-events.ts'
import type { EventDefinitions, EventTypes } from '../../core/events/types.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import { assertJson } from '../../core/json/json.ts'
import type { Aggregate } from '../aggregate.ts'

/**
 * A hash of the code that makes an aggregate's state: the initial state, the text of each `evolve` handler, the schema
 * versions and the text of the upcasters. What a handler calls is not in its text; `salt` stands for that.
 *
 * @throws NotJson when the initial state is none, so that no snapshot of it could be kept
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
