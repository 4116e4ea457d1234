import { lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { InvalidConfiguration } from '../../../core/errors/input.ts'

/** What stands where a backup is to go: nothing, or an empty folder with its mode. */
export type Target = { readonly mode: number | undefined }

/**
 * Looks at the folder that a backup is to become.
 *
 * @param source the folder that is copied
 * @throws InvalidConfiguration when it is a link, or no folder, or not empty, or inside the source
 */
export function inspectTarget(source: string, target: string): Target {
  const refuse = (why: string, cause?: unknown) => {
    throw new InvalidConfiguration('backup', `${target} ${why}`, { cause })
  }
  const found = lstatSync(target, { throwIfNoEntry: false })
  if (found?.isSymbolicLink()) refuse('is a symbolic link: name the folder that it leads to')
  if (found !== undefined && !found.isDirectory()) refuse('is no folder')
  const isInside = `${realPath(target)}${sep}`.startsWith(`${realPath(source)}${sep}`)
  // What stands there is told about the source itself, which is never empty.
  if (isInside && found === undefined) refuse(`lies in ${source}: a backup there would be lost with the storage`)
  let names: string[] = []
  try {
    if (found !== undefined) names = readdirSync(target)
  } catch (cause) {
    refuse('cannot be read', cause)
  }
  if (names.length > 0) refuse('is not empty')
  if (isInside) refuse(`lies in ${source}: a backup there would be lost with the storage`)
  return { mode: found && found.mode & 0o7777 }
}

/** The folder, beside the target, in which a backup is made before it is renamed. */
export const partialOf = (target: string, id: string): string =>
  join(dirname(target), `.${basename(target)}.${id}.partial`)

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Removes what backups to a target have left that were killed. To be called under the target's lock, so that none is
 * being made. Only folders of this user's own are removed, and no link is followed.
 */
export function removeLeftovers(target: string): void {
  const [folder, prefix, suffix] = [dirname(target), `.${basename(target)}.`, '.partial']
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) continue
    if (!ID.test(name.slice(prefix.length, -suffix.length))) continue
    const path = join(folder, name)
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)) {
      rmSync(path, { recursive: true, force: true })
    }
  }
}

/** The path without links, also where its end does not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path))
  }
}
