import { InvalidDefinition } from '../../core/errors/input.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { Parameters } from './contract-types.ts'

/**
 * Computes the streams of a contract's calls. Its function gets what all operations have, and reading anything else
 * throws: a missing value would end up in the id as the text `undefined`.
 *
 * @param personal parameters that are about a person in some operation
 */
export function createStreamOf(
  uri: string,
  stream: (parameters: object) => string,
  operations: Readonly<Record<string, Parameters>>,
  personal: ReadonlySet<string>,
): (parameters: object) => string {
  const all = Object.values(operations).map((parameters) => Object.keys(parameters))
  const shared = (all[0] ?? []).filter((name) => !personal.has(name) && all.every((names) => names.includes(name)))
  const refusing = Object.create(null) as object
  for (const name of new Set(all.flat())) {
    if (shared.includes(name)) continue
    Object.defineProperty(refusing, name, {
      get() {
        const rule = personal.has(name)
          ? 'is about a person, and ids of streams are never sealed'
          : 'not all operations have'
        throw new InvalidDefinition(`Contract ${uri}: its stream function reads the parameter ${name}, which ${rule}`)
      },
    })
  }
  return (given) => {
    const parameters = Object.create(refusing) as Record<string, unknown>
    for (const name of shared) parameters[name] = (given as Readonly<Record<string, unknown>>)[name]
    const streamId = stream(parameters)
    assertStreamId(streamId)
    return streamId
  }
}
