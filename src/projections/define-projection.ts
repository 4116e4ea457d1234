import { ignoreRejection, isThenable } from '../core/async/callbacks.ts'
import { InvalidDefinition, InvalidQuery, InvalidViewKey, NotJson } from '../core/errors/input.ts'
import { SEALED } from '../core/events/sealing/sealed-data.ts'
import type { EventTypes } from '../core/events/types.ts'
import { deepFreeze } from '../core/json/deep-freeze.ts'
import { FORGOTTEN, TOMBSTONE } from '../core/port/event-document.ts'
import { keyOfPart, mergedKeyFault } from '../core/positions/view-slices.ts'
import { parsePath } from '../core/reading/field-path.ts'
import { assertViewKey } from '../core/view-key.ts'
import { viewRulesOf } from './forgetting/view-rules.ts'
import { fingerprintOf } from './handler-fingerprint.ts'
import {
  type DeletedStream,
  type FoldedEvent,
  isForgotten,
  type KeepsJson,
  type Projection,
  type ProjectionDefinition,
  type ViewKeys,
} from './projection.ts'

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** The maximum length of the name of a projection or a reaction, in characters. */
export const MAX_NAME = 100

/**
 * Defines how events become views.
 *
 * @param name lower-case words joined by `-`, 1 to 100 characters; it is part of what is stored
 * @throws InvalidDefinition for an invalid name, a version that is not a whole number from 1, a handler for an event
 *   type that is not among the events, an index on something other than a field path or on a sealed member, indexes or
 *   `personal` together with `merge`, or `personal` together with `forgotten`
 */
export function defineProjection<V, E extends EventTypes, Reads extends string = never>(
  name: string,
  definition: ProjectionDefinition<E, V, Reads> & KeepsJson<V>,
): Projection<V> {
  if (typeof name !== 'string' || name.length > MAX_NAME || !NAME.test(name)) {
    throw new InvalidDefinition(
      `${JSON.stringify(name)} cannot name a projection: lower-case words joined by -, 1 to ${MAX_NAME} characters`,
    )
  }
  return createProjection(name, definition)
}

/** Creates a projection under a name that was checked. @throws as `defineProjection` does */
export function createProjection<V, E extends EventTypes, Reads extends string = never>(
  name: string,
  definition: ProjectionDefinition<E, V, Reads> & KeepsJson<V>,
): Projection<V> {
  const { version = 1, initial, deleted, forgotten, merge } = definition
  assertDefinition(name, version, definition)
  const personal = viewRulesOf(name, definition)
  // The types of the two maps are checked where they are written; from here on, events are looked up by name.
  const on = definition.on as unknown as { readonly [type: string]: Handler<V> | undefined }
  const key = definition.key as unknown as (event: FoldedEvent) => ViewKeys
  const handled = Object.entries(definition.events.definitions).filter(([type]) => Object.hasOwn(on, type) && on[type])

  return {
    name,
    version,
    fingerprint: fingerprintOf(definition),
    initial,
    indexes: [...new Set(definition.indexes)],
    events: { definitions: Object.fromEntries(handled) },
    foldsDeletion: deleted !== undefined,
    foldsForgotten: forgotten !== undefined,
    readsPersonal: personal !== undefined || forgotten !== undefined,
    ...(personal && { personal }),
    ...(merge && { merge }),
    keysOf(event) {
      const keys = checked(keysBy(event))
      if (merge) for (const one of keys) assertMergedKey(one)
      return keys
    },
    fold(viewKey, view, event) {
      const before = view === null ? begin(initial, merge ? keyOfPart(viewKey) : viewKey) : (frozen(view) as V)
      const after = handlerOf(event.type)(before, event)
      assertView(after)
      return after
    },
  }

  function keysBy(event: FoldedEvent): ViewKeys {
    if (isDeletion(event)) return deleted?.key(event.streamId)
    return isForgotten(event) ? forgotten?.key(event.person) : key(event)
  }

  function handlerOf(type: string): Handler<V> {
    if (type === TOMBSTONE) return deleted?.fold as Handler<V>
    return (type === FORGOTTEN ? forgotten?.fold : on[type]) as Handler<V>
  }
}

const isDeletion = (event: FoldedEvent): event is DeletedStream => event.type === TOMBSTONE

// A copy, because every key may get the same object.
function begin<V>(initial: (key: string) => V, viewKey: string): V {
  const view = initial(viewKey)
  assertSynchronous(view, 'initial')
  return deepFreeze(structuredClone(view))
}

// A view that is being folded is already frozen at every level.
const frozen = <T>(view: T): T => (Object.isFrozen(view) ? view : deepFreeze(view))

type Handler<V> = (view: V, event: FoldedEvent) => V | null

function assertDefinition<E extends EventTypes, V, Reads extends string>(
  name: string,
  version: number,
  { events, on, initial, key, indexes = [], merge }: ProjectionDefinition<E, V, Reads>,
): void {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidDefinition(`Projection ${name}: its version must be a whole number from 1`)
  }
  if (typeof initial !== 'function' || typeof key !== 'function') {
    throw new InvalidDefinition(`Projection ${name}: key and initial must be functions`)
  }
  const unknown = Object.keys(on).find((type) => !Object.hasOwn(events.definitions, type))
  if (unknown !== undefined) {
    throw new InvalidDefinition(`Projection ${name} has a handler for ${unknown}, which is not among its events`)
  }
  for (const path of indexes) assertPath(name, path)
  if (merge !== undefined && typeof merge !== 'function') {
    throw new InvalidDefinition(`Projection ${name}: merge must be a function`)
  }
  if (merge && indexes.length > 0) {
    throw new InvalidDefinition(`Projection ${name}: views with merge cannot be queried, so remove indexes`)
  }
}

function assertMergedKey(key: string): void {
  const fault = mergedKeyFault(key)
  if (fault !== undefined) throw new InvalidViewKey(key, fault)
}

function assertPath(name: string, path: string): void {
  try {
    parsePath(path)
  } catch (cause) {
    if (!(cause instanceof InvalidQuery)) throw cause
    throw new InvalidDefinition(`Projection ${name} cannot index it: ${cause.message}`, { cause })
  }
}

function checked(keys: ViewKeys): readonly string[] {
  if (keys === null || keys === undefined) return []
  const list = Array.isArray(keys) ? [...new Set(keys as readonly string[])] : [keys as string]
  const promises = (list as readonly unknown[]).filter(isThenable)
  for (const promise of promises) ignoreRejection(promise)
  if (promises.length > 0) throw new InvalidViewKey('a promise', 'the key function must be synchronous')
  for (const key of list) assertViewKey(key)
  return list
}

// Whether all of it is JSON is checked when it is folded.
function assertView(view: unknown): void {
  assertSynchronous(view, 'a handler')
  if (typeof view !== 'object' || Array.isArray(view)) {
    throw new NotJson('$', `the handler returned neither a JSON object nor null`)
  }
  if (view !== null && SEALED in view) throw new NotJson('$', `${SEALED} is reserved in views`)
}

function assertSynchronous(view: unknown, what: string): void {
  if (!isThenable(view)) return
  ignoreRejection(view)
  throw new NotJson('$', `a promise; ${what} must be synchronous`)
}
