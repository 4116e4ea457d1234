import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { UnknownVersion } from '../../core/errors/version.ts'
import { defineEvents } from '../../core/events/define-events.ts'
import { listVersions } from '../../processor/versions/list-versions.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import type { Projection } from '../../projections/projection.ts'
import type { Storage } from '../../views/with-views.ts'
import { loadProjections } from '../../worker/load-projections.ts'
import { wholeNumber } from '../support/options.ts'

/** Says which version of a projection; absent, the one that readers see. */
export const versionOption = (command: Command): Command =>
  command.option('--version <number>', 'of this version (default: the active one)', wholeNumber)

/**
 * A projection without its code: enough to list, show and drop what is parked.
 *
 * @throws UnknownVersion
 */
export async function nameOnly(storage: Storage, name: string, version: number | undefined): Promise<Projection> {
  const chosen = version ?? (await listVersions(storage, name)).find(({ active }) => active)?.version
  if (chosen === undefined) throw new UnknownVersion(name, null)
  return defineProjection(name, {
    version: chosen,
    events: defineEvents({}),
    key: () => null,
    initial: () => ({}),
    on: {},
  })
}

/** A projection with its code, from a folder of projections. @throws InvalidConfiguration, InvalidDefinition */
export async function withCode(folder: string | undefined, name: string): Promise<Projection> {
  if (folder === undefined) {
    throw new InvalidConfiguration('--projections', 'is needed: events are folded by the code of the projection')
  }
  const found = (await loadProjections(resolve(folder))).find((projection) => projection.name === name)
  if (found === undefined) throw new InvalidConfiguration('--projections', `${folder} has no projection ${name}`)
  return found
}
