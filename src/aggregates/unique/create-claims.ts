import { InvalidConfiguration } from '../../core/errors/input.ts'
import { UniqueIndexStale } from '../../core/errors/unique.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { UniqueClaims } from '../../uniqueness/unique-claims.ts'
import { openUniqueIndex } from '../../uniqueness/unique-index.ts'
import { type UniqueValues, uniqueValuesOf } from '../../uniqueness/unique-values.ts'
import type { Context } from '../state/context.ts'
import { createOwnerLoader } from './load-owner.ts'
import { isStandInOf } from './stand-ins.ts'

/**
 * Prepares a repository to make claims; undefined if its aggregate has no unique values.
 *
 * @throws InvalidConfiguration if the storage has no view store
 */
export function createClaims<S, E extends EventTypes>(
  context: Context<S, E>,
  grace: number,
): UniqueClaims<S> | undefined {
  const { aggregate, storage, clock, random } = context
  const { unique, category } = aggregate
  if (unique === undefined) return undefined
  const { viewStore } = storage
  if (viewStore === undefined) {
    throw new InvalidConfiguration('storage', `aggregate ${category} has unique values, which take a view store`)
  }
  const isStandIn = isStandInOf(aggregate.events.definitions)
  const valuesOf = (state: S): UniqueValues => uniqueValuesOf(unique, state, isStandIn)
  const claiming = {
    events: storage.events,
    viewStore,
    vault: storage.vault,
    get incarnation() {
      return storage.incarnation
    },
  }
  const names = Object.keys(unique)
  let opened: { readonly incarnation: string; readonly keys: ReturnType<typeof openUniqueIndex> } | undefined

  function open(): ReturnType<typeof openUniqueIndex> {
    const { incarnation } = claiming
    if (opened?.incarnation === incarnation) return opened.keys
    const opening = { incarnation, keys: openUniqueIndex(claiming, category, names) }
    opened = opening
    opening.keys.catch(() => {
      if (opened === opening) opened = undefined
    })
    return opening.keys
  }

  let prepared: string | undefined
  async function prepare(): Promise<void> {
    const { incarnation } = claiming
    if (prepared === incarnation) return
    try {
      await open()
    } catch (error) {
      // Only commands that claim a value need claims that are complete.
      if (!(error instanceof UniqueIndexStale)) throw error
    }
    prepared = incarnation
  }

  return {
    category,
    names,
    storage: claiming,
    clock,
    random,
    grace,
    prepare,
    valuesOf,
    loadOwner: createOwnerLoader(context, valuesOf),
    keysOf: async (values) => {
      if (values.length === 0) return []
      const keyOf = await open()
      return values.map(({ name, value }) => keyOf(category, name, value))
    },
  }
}
