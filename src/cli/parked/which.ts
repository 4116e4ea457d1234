import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { UnknownVersion } from '../../core/errors/version.ts'
import { loadProjections } from '../../open/definitions/load-projections.ts'
import { withoutCode } from '../../processor/replay/without-code.ts'
import type { Projection } from '../../projections/projection.ts'
import { activeVersion } from '../../views/active-version.ts'
import type { Storage } from '../../views/with-views.ts'
import { wholeNumber } from '../support/options.ts'

/** Says which version of a projection; absent, the one that readers see. */
export const versionOption = (command: Command): Command =>
  command.option('--version <number>', 'version of the projection (default: the active one)', wholeNumber)

/** A version that was named, or else the active one; a reaction has one version. @throws UnknownVersion */
export async function activeOr(storage: Storage, name: string, version: number | undefined): Promise<number> {
  const active = version ?? (await activeVersion(storage.viewStore, name))
  if (active !== undefined) return active
  const [lease] = await storage.leases.list({ projection: name })
  if (lease === undefined) throw new UnknownVersion(name, null)
  return lease.document.version
}

/**
 * A projection without its code: enough to list, show and drop what is parked.
 *
 * @throws UnknownVersion
 */
export async function nameOnly(storage: Storage, name: string, version: number | undefined): Promise<Projection> {
  return withoutCode(name, await activeOr(storage, name, version))
}

/** A projection with its code, from a folder of projections. @throws InvalidConfiguration, InvalidDefinition */
export async function withCode(storage: Storage, folder: string | undefined, name: string): Promise<Projection> {
  if (folder === undefined) {
    throw new InvalidConfiguration(
      '--projections',
      'required, because a replay applies events with the code of the projection',
    )
  }
  const found = (await loadProjections(resolve(folder), storage)).find((projection) => projection.name === name)
  if (found === undefined)
    throw new InvalidConfiguration(
      '--projections',
      `expected ${name} in ${folder}, which has no such projection or reaction`,
    )
  return found
}
