import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidConfiguration, InvalidDefinition } from '../core/errors/input.ts'
import type { Projection } from '../projections/projection.ts'

/**
 * Loads a folder of projections: one file each, whose default export is a projection with the name of the file. It
 * loads all of them or none, because a worker that ran only some would silently leave the views of the others behind.
 *
 * @throws InvalidConfiguration if the folder cannot be read or contains none; InvalidDefinition naming each file that
 *   is not a projection, and why
 */
export async function loadProjections(folder: string): Promise<readonly Projection[]> {
  const files = await projectionFiles(folder)
  if (files.length === 0) throw new InvalidConfiguration('projections', `${folder} contains no projection`)
  const projections = new Map<string, Projection>()
  const faults: string[] = []
  const causes: unknown[] = []
  for (const file of files) {
    try {
      const projection = await loadProjection(join(folder, file))
      if (projections.has(projection.name)) throw new TypeError('another file has the same name')
      projections.set(projection.name, projection)
    } catch (error) {
      faults.push(`${join(folder, file)}: ${error instanceof Error ? error.message : String(error)}`)
      causes.push(error)
    }
  }
  if (faults.length > 0) throw new InvalidDefinition(faults.join('\n'), { cause: new AggregateError(causes) })
  return [...projections.values()]
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

async function loadProjection(path: string): Promise<Projection> {
  const loaded: { readonly default?: unknown } = await import(pathToFileURL(path).href)
  const { default: found } = loaded
  if (!isProjection(found)) throw new TypeError('its default export is not a projection (see defineProjection)')
  const { name } = parse(path)
  if (found.name !== name)
    throw new TypeError(`projection ${found.name} must be in a file of the same name, not in ${name}`)
  return found
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
