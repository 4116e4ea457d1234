import type { IndexDescription } from 'mongodb'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { parsePath } from '../../../core/reading/field-path.ts'
import { serverCode } from '../client/driver-error.ts'
import type { Handle } from '../handle.ts'

// CannotCreateIndex, which is also the response to more than 64 indexes of a collection.
const CANNOT_CREATE_INDEX = 67
const INDEX_NOT_FOUND = 27
const NAMESPACE_NOT_FOUND = 26

/**
 * Creates the missing indexes of a projection version. They contain only its own views, so that saving others costs
 * nothing.
 *
 * @throws InvalidQuery, InvalidConfiguration if the collection has too many indexes
 */
export async function makeViewIndexes(
  handle: Handle,
  projection: string,
  version: number,
  paths: readonly string[],
): Promise<void> {
  const indexes = paths.flatMap((path) => indexesOf(projection, version, parsePath(path)))
  if (indexes.length === 0) return
  await handle.run(async () => {
    try {
      await handle.collections.views.createIndexes(indexes)
    } catch (error) {
      if (serverCode(error) !== CANNOT_CREATE_INDEX) throw error
      const why = `MongoDB refused the indexes of ${projection}, version ${version}: a collection has 64 at most`
      throw new InvalidConfiguration('indexes', why, { cause: error })
    }
  })
}

/** Removes the indexes of a projection version. */
export async function dropViewIndexes(handle: Handle, projection: string, version: number): Promise<void> {
  const { views } = handle.collections
  const names = await handle.run(async () => (await views.indexes()).map(({ name }) => String(name)))
  const prefix = namePrefix(projection, version)
  for (const name of names.filter((name) => name.startsWith(prefix))) {
    await handle.run(async () => {
      try {
        await views.dropIndex(name)
      } catch (error) {
        // Another process drops the same version.
        if (serverCode(error) !== INDEX_NOT_FOUND && serverCode(error) !== NAMESPACE_NOT_FOUND) throw error
      }
    })
  }
}

// One for each direction, because keys are always ascending. MongoDB 4.4 distinguishes indexes by their fields and not
// by their filters, so the last field, which no view has, is specific to the version.
function indexesOf(projection: string, version: number, path: readonly string[]): IndexDescription[] {
  const field = ['data', ...path].join('.')
  const directions = [
    ['ascending', 1],
    ['descending', -1],
  ] as const
  return directions.map(([direction, sign]) => ({
    name: `${namePrefix(projection, version)}${path.join('.')}:${direction}`,
    key: { [field]: sign, key: 1, [`of:${projection}:${version}`]: 1 },
    partialFilterExpression: { projection: { $eq: projection }, version: { $eq: version } },
  }))
}

const namePrefix = (projection: string, version: number): string => `${projection}:${version}:`
