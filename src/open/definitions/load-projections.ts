import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidConfiguration, InvalidDefinition } from '../../core/errors/input.ts'
import type { SubscriberDefinition } from '../../messaging/subscriber/define-subscriber.ts'
import type { Projection } from '../../projections/projection.ts'
import { isReactionSource, type ReactionSource } from '../../reactions/reaction-source.ts'
import type { Storage } from '../../views/with-views.ts'

/** What a folder contains. */
export type LoadedFolder = {
  readonly projections: readonly Projection[]
  readonly subscribers: readonly SubscriberDefinition[]
  /** What some of the reactions were made from, such as rules. */
  readonly sources: readonly ReactionSource[]
}

/**
 * Loads a folder of projections, reactions, rules and subscribers: one file each, whose default export is one with the
 * name of the file, or a function of the storage that returns one, such as a reaction that carries out commands. It loads
 * all of them or none, because a worker that ran only some would silently leave the views of the others behind.
 *
 * @returns the projections and reactions, also those that rules consist of
 * @throws InvalidConfiguration if the folder cannot be read or contains none; InvalidDefinition naming each file that
 *   is not a projection, and why
 */
export async function loadProjections(folder: string, storage: Storage): Promise<readonly Projection[]> {
  return (await (await importProjections(folder))(storage)).projections
}

/**
 * Imports a folder as `loadProjections` does, before there is a storage. The returned function calls the functions among
 * the default exports.
 *
 * @throws as `loadProjections` does, and so does the returned function
 */
export async function importProjections(folder: string): Promise<(storage: Storage) => Promise<LoadedFolder>> {
  const files = await projectionFiles(folder)
  if (files.length === 0) throw new InvalidConfiguration('projections', `${folder} contains no projection`)
  const names = new Set<string>()
  const imported = await fromEach(folder, files, async (file) => {
    const found = await importDefault(join(folder, file))
    const { name } = parse(file)
    if (names.has(name)) throw new TypeError('another file has the same name')
    names.add(name)
    return found
  })
  return async (storage) => {
    const loaded = await fromEach(folder, [...imported.keys()], async (file) => {
      const found = imported.get(file)
      const definition = typeof found === 'function' ? await found(storage) : found
      assertDefinition(definition, file)
      return definition
    })
    const all = [...loaded.values()]
    return {
      projections: all.flatMap((one) => {
        if (isSubscriber(one)) return []
        return isReactionSource(one) ? one.reactions(storage) : one
      }),
      subscribers: all.filter(isSubscriber),
      sources: all.filter((one) => isReactionSource(one)),
    }
  }
}

const closing: (() => unknown)[] = []

/**
 * Calls what modules of folders export as `close`, such as to close the connection of a bus, which would keep the process
 * alive.
 */
export async function closeLoaded(): Promise<void> {
  await Promise.allSettled(closing.splice(0).map(async (close) => close()))
}

/** @throws InvalidDefinition naming each file that fails, and why */
async function fromEach<T>(
  folder: string,
  files: readonly string[],
  work: (file: string) => Promise<T>,
): Promise<Map<string, T>> {
  const done = new Map<string, T>()
  const faults: string[] = []
  const causes: unknown[] = []
  for (const file of files) {
    try {
      done.set(file, await work(file))
    } catch (error) {
      faults.push(`${join(folder, file)}: ${error instanceof Error ? error.message : String(error)}`)
      causes.push(error)
    }
  }
  if (faults.length > 0) throw new InvalidDefinition(faults.join('\n'), { cause: new AggregateError(causes) })
  return done
}

/** The names of the files of a folder that can be imported, sorted. @throws what the file system throws */
export async function moduleFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder)
  return files.filter((file) => /\.(ts|js|mjs)$/.test(file) && !file.endsWith('.d.ts')).sort()
}

async function projectionFiles(folder: string): Promise<string[]> {
  try {
    return await moduleFiles(folder)
  } catch (cause) {
    throw new InvalidConfiguration('projections', `${folder} cannot be read`, { cause })
  }
}

type Definition = Projection | ReactionSource | SubscriberDefinition

async function importDefault(path: string): Promise<Definition | ((storage: Storage) => unknown)> {
  const loaded: { readonly default?: unknown; readonly close?: unknown } = await import(pathToFileURL(path).href)
  const { default: found, close } = loaded
  if (typeof close === 'function') closing.push(close as () => unknown)
  if (typeof found === 'function') return found as (storage: Storage) => unknown
  assertDefinition(found, parse(path).base)
  return found
}

function assertDefinition(found: unknown, file: string): asserts found is Definition {
  const isKnown = isProjection(found) || isReactionSource(found) || isSubscriber(found)
  if (!isKnown) throw new TypeError('its default export is not a projection (see defineProjection)')
  const { name } = parse(file)
  const kind = isProjection(found) ? 'projection' : isReactionSource(found) ? 'rule' : 'subscriber'
  if (found.name !== name)
    throw new TypeError(`${kind} ${found.name} must be in a file of the same name, not in ${name}`)
}

const isSubscriber = (value: unknown): value is SubscriberDefinition => {
  const { name, subscription } = (value ?? {}) as Partial<SubscriberDefinition>
  return typeof name === 'string' && typeof subscription === 'function'
}

const isProjection = (value: unknown): value is Projection => {
  const { name, version, keysOf, fold } = (value ?? {}) as Partial<Projection>
  return (
    typeof name === 'string' &&
    typeof version === 'number' &&
    typeof keysOf === 'function' &&
    typeof fold === 'function'
  )
}
