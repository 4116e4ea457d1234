import { lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { InvalidConfiguration } from '../../../core/errors/input.ts'

/** What is at the target of a backup: nothing, or an empty folder with its mode. */
export type Target = { readonly mode: number | undefined }

/**
 * Checks the folder that a backup is to become.
 *
 * @param source the folder that is copied
 * @throws InvalidConfiguration if it is a link, or not a folder, or not empty, or inside the source
 */
export function inspectTarget(source: string, target: string): Target {
  const refuse = (why: string, cause?: unknown) => {
    throw new InvalidConfiguration('backup', `${target} ${why}`, { cause })
  }
  const found = lstatSync(target, { throwIfNoEntry: false })
  if (found?.isSymbolicLink()) refuse('is a symbolic link: name the folder that it points to')
  if (found !== undefined && !found.isDirectory()) refuse('is not a folder')
  const isInside = `${realPath(target)}${sep}`.startsWith(`${realPath(source)}${sep}`)
  // This check also covers the source itself, which is never empty.
  if (isInside && found === undefined) refuse(`is inside ${source}: a backup there would be lost with the storage`)
  let names: string[] = []
  try {
    if (found !== undefined) names = readdirSync(target)
  } catch (cause) {
    refuse('cannot be read', cause)
  }
  if (names.length > 0) refuse('is not empty')
  if (isInside) refuse(`is inside ${source}: a backup there would be lost with the storage`)
  return { mode: found && found.mode & 0o7777 }
}

/** The folder, beside the target, in which a backup is made before it is renamed. */
export const partialOf = (target: string, id: string): string =>
  join(dirname(target), `.${basename(target)}.${id}.partial`)

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Removes what killed backups to a target have left. Call it under the target's lock, so that no backup is running.
 * Only folders of this user are removed, and links are not followed.
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

/** The path without links, even if its end does not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path))
  }
}
