import { resolve } from 'node:path'
import type { Aggregate } from '../../../aggregates/aggregate.ts'
import { DefinitionNotLoaded } from '../../../core/errors/dashboard.ts'
import { InvalidDefinition } from '../../../core/errors/input.ts'
import type { EventTypes } from '../../../core/events/types.ts'
import { type Exported, loadExports } from '../../../open/definitions/load-exports.ts'
import { loadProjections } from '../../../open/definitions/load-projections.ts'
import type { Projection } from '../../../projections/projection.ts'
import { isReaction } from '../../../reactions/reaction.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { Foldable } from '../../server/folding.ts'
import type { FoldingData } from '../messages.ts'

export type AnyAggregate = Aggregate<unknown, EventTypes>

/** The code that was loaded. */
export type Definitions = {
  readonly list: readonly Foldable[]
  /** @throws DefinitionNotLoaded */
  projection(name: string, version: number | undefined): Projection
  /** @throws DefinitionNotLoaded */
  aggregate(category: string): AnyAggregate
}

/** Loads projections and aggregates by their paths. @throws InvalidConfiguration, InvalidDefinition */
export async function loadDefinitions(
  storage: Storage,
  { projections: folder, aggregates: path }: Pick<FoldingData, 'projections' | 'aggregates'>,
): Promise<Definitions> {
  const projections = folder === undefined ? [] : await loadProjections(resolve(folder), storage)
  const aggregates = byCategory(path === undefined ? [] : await loadExports(path, '--aggregates', isAggregate))
  return {
    list: [...aggregates.values().map(aggregateEntry), ...projections.map(projectionEntry)].sort(byKindAndName),
    projection(name, version) {
      const found = projections.find((one) => one.name === name && (version ?? one.version) === one.version)
      if (found === undefined) throw new DefinitionNotLoaded('projection', named(name, version))
      return found
    },
    aggregate(category) {
      const found = aggregates.get(category)
      if (found === undefined) throw new DefinitionNotLoaded('aggregate', category)
      return found
    },
  }
}

const named = (name: string, version: number | undefined): string =>
  version === undefined ? name : `${name}, version ${version}`

/** @throws InvalidDefinition naming a file that exports a second aggregate of a category */
function byCategory(exported: readonly Exported<AnyAggregate>[]): ReadonlyMap<string, AnyAggregate> {
  const found = new Map<string, AnyAggregate>()
  for (const { value: aggregate, file } of exported) {
    const { category } = aggregate
    if ((found.get(category) ?? aggregate) !== aggregate) {
      throw new InvalidDefinition(`${file}: there is another aggregate of the category ${category}`)
    }
    found.set(category, aggregate)
  }
  return found
}

const isAggregate = (value: unknown): value is AnyAggregate => {
  const { category, events, evolve } = (value ?? {}) as Partial<AnyAggregate>
  return typeof category === 'string' && typeof events?.definitions === 'object' && typeof evolve === 'object'
}

const aggregateEntry = ({ category }: AnyAggregate): Foldable => ({
  kind: 'aggregate',
  name: category,
  version: null,
  category,
})

const projectionEntry = (projection: Projection): Foldable => ({
  kind: isReaction(projection) ? 'reaction' : 'projection',
  name: projection.name,
  version: projection.version,
  category: null,
  keepsPersonal: projection.foldsForgotten,
})

const byKindAndName = (a: Foldable, b: Foldable): number => {
  const [first, second] = [`${a.kind} ${a.name}`, `${b.kind} ${b.name}`]
  return first < second ? -1 : first > second ? 1 : 0
}
