import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Whether a folder has files; one that does not exist, or has only a Git repository, has none. @throws UsageError */
export function hasFiles(folder: string): boolean {
  if (!existsSync(folder)) return false
  if (!lstatSync(folder).isDirectory()) throw new UsageError(`${folder} is not a folder`)
  return readdirSync(folder).some((name) => name !== '.git')
}

/**
 * Writes the files of a project. Of what is in the folder already, it replaces the files with these names, removes those
 * that another choice would have written, and leaves all others as they are. It follows no link.
 *
 * @param own all paths that the template may write
 * @returns the paths that were removed
 * @throws UsageError before anything is written, if something that is no file or no folder is in the way
 */
export function writeProject(folder: string, files: ReadonlyMap<string, string>, own: Iterable<string>): string[] {
  const removed = [...own].filter((path) => !files.has(path) && isFile(join(folder, path)))
  for (const path of [...files.keys(), ...removed]) assertWritable(folder, path)
  for (const path of removed) rmSync(join(folder, path))
  for (const [path, text] of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    rmSync(file, { force: true })
    writeFileSync(file, text, { flag: 'wx' })
  }
  return removed
}

const found = (path: string) => lstatSync(path, { throwIfNoEntry: false })

const isFile = (path: string): boolean => found(path)?.isFile() === true

function assertWritable(folder: string, path: string): void {
  const steps = path.split('/')
  const parents = steps.slice(0, -1).map((_, i) => join(folder, ...steps.slice(0, i + 1)))
  const obstacle = parents.find((parent) => found(parent)?.isDirectory() === false)
  if (obstacle !== undefined) throw new UsageError(`${obstacle} is in the way: it must be a folder, and no link`)
  if (found(join(folder, path))?.isDirectory()) throw new UsageError(`${join(folder, path)} is in the way: a folder`)
}
