import { resolve } from 'node:path'
import type { Aggregate } from '../../../aggregates/aggregate.ts'
import { DefinitionNotLoaded } from '../../../core/errors/dashboard.ts'
import { InvalidDefinition } from '../../../core/errors/input.ts'
import type { EventTypes } from '../../../core/events/types.ts'
import { type Exported, loadExports } from '../../../open/definitions/load-exports.ts'
import { importProjections, type LoadedFolder } from '../../../open/definitions/load-projections.ts'
import type { Projection } from '../../../projections/projection.ts'
import { isReaction } from '../../../reactions/reaction.ts'
import { isRule, type Rule } from '../../../rules/definition/rule.ts'
import { effectName } from '../../../rules/firing/effect-reaction.ts'
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

const NONE: Pick<LoadedFolder, 'projections' | 'sources'> = { projections: [], sources: [] }

/** Loads projections and aggregates by their paths. @throws InvalidConfiguration, InvalidDefinition */
export async function loadDefinitions(
  storage: Storage,
  { projections: folder, aggregates: path }: Pick<FoldingData, 'projections' | 'aggregates'>,
): Promise<Definitions> {
  const { projections, sources } =
    folder === undefined ? NONE : await (await importProjections(resolve(folder)))(storage)
  const rules = rulesByReaction(sources.filter(isRule))
  const aggregates = byCategory(path === undefined ? [] : await loadExports(path, '--aggregates', isAggregate))
  return {
    list: [...aggregates.values().map(aggregateEntry), ...projections.map((one) => projectionEntry(one, rules))].sort(
      byKindAndName,
    ),
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

type RuleOfReaction = NonNullable<Foldable['rule']>

function projectionEntry(projection: Projection, rules: ReadonlyMap<string, RuleOfReaction>): Foldable {
  const { name, version, foldsForgotten: keepsPersonal } = projection
  const kind = isReaction(projection) ? 'reaction' : 'projection'
  const rule = rules.get(name)
  return { ...{ kind, name, version, keepsPersonal }, category: null, ...(rule && { rule }) }
}

/** By the names of the reactions that rules are run as. */
function rulesByReaction(rules: readonly Rule[]): ReadonlyMap<string, RuleOfReaction> {
  const found = new Map<string, RuleOfReaction>()
  for (const rule of rules) {
    const { name, version, types, property, effects } = rule
    found.set(name, { version, on: property === undefined ? types.join(', ') : `property ${property}` })
    for (const effect of effects) found.set(effectName(rule, effect), { version, on: `firings of ${name}` })
  }
  return found
}

const byKindAndName = (a: Foldable, b: Foldable): number => {
  const [first, second] = [`${a.kind} ${a.name}`, `${b.kind} ${b.name}`]
  return first < second ? -1 : first > second ? 1 : 0
}
