import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { personalOf } from '../../core/events/describe.ts'

/**
 * Creates the test whether a text only stands in for the data of a person who was forgotten. Such texts are the same
 * for all who were, so they are no values; states may have them in another case, or trimmed.
 */
export function isStandInOf(definitions: EventDefinitions): (value: string) => boolean {
  const standIns = new Set<string>()
  for (const definition of Object.values(definitions)) {
    for (const { fields } of personalOf(definition)) {
      for (const standIn of Object.values(fields).flat()) {
        if (typeof standIn === 'string') standIns.add(normal(standIn))
      }
    }
  }
  return (value) => standIns.size > 0 && standIns.has(normal(value))
}

const normal = (text: string): string => text.trim().toLowerCase()
