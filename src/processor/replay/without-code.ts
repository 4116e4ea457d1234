import { defineEvents } from '../../core/events/define-events.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import type { Projection } from '../../projections/projection.ts'

/**
 * A projection or a reaction without its code: enough to list, show and drop what is parked.
 *
 * @throws InvalidDefinition for what cannot be a name or a version
 */
export const withoutCode = (name: string, version: number): Projection =>
  defineProjection(name, { version, events: defineEvents({}), key: () => null, initial: () => ({}), on: {} })
