import type { Aggregate } from '../../aggregates/aggregate.ts'
import { InvalidConfiguration, InvalidDefinition } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { loadExports } from '../../open/definitions/load-exports.ts'

/** An aggregate of any state and events. */
export type AnyAggregate = Aggregate<unknown, EventTypes>

const SETTING = '--aggregates'

/**
 * Loads the aggregates with unique values that a file, or the files of a folder, export, by default or under a name.
 *
 * @throws InvalidConfiguration if it cannot be read, or there is none; InvalidDefinition naming a file that cannot be
 *   loaded, or that exports a second aggregate of a category
 */
export async function loadAggregates(path: string): Promise<readonly AnyAggregate[]> {
  const found = new Map<string, AnyAggregate>()
  for (const { value: aggregate, file } of await loadExports(path, SETTING, isUnique)) {
    const { category } = aggregate
    if ((found.get(category) ?? aggregate) !== aggregate) {
      throw new InvalidDefinition(`${file}: there is another aggregate of the category ${category}`)
    }
    found.set(category, aggregate)
  }
  if (found.size === 0) throw new InvalidConfiguration(SETTING, `${path} exports no aggregate with unique values`)
  return [...found.values()]
}

const isUnique = (value: unknown): value is AnyAggregate => {
  const { category, events, evolve, unique } = (value ?? {}) as Partial<AnyAggregate>
  return (
    typeof category === 'string' &&
    typeof events === 'object' &&
    typeof evolve === 'object' &&
    typeof unique === 'object' &&
    Object.keys(unique).length > 0
  )
}
