import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidConfiguration, InvalidDefinition } from '../../core/errors/input.ts'
import { moduleFiles } from './load-projections.ts'

/** What a module exports, and its file. */
export type Exported<T> = { readonly value: T; readonly file: string }

/**
 * Loads what a file, or the files of a folder, export, by default or under a name.
 *
 * @param setting the name of the path in errors
 * @param isWanted tells which of the exports are meant
 * @throws InvalidConfiguration if it cannot be read; InvalidDefinition naming a file that cannot be loaded
 */
export async function loadExports<T>(
  path: string,
  setting: string,
  isWanted: (value: unknown) => value is T,
): Promise<readonly Exported<T>[]> {
  const found: Exported<T>[] = []
  for (const file of await filesOf(resolve(path), path, setting)) {
    for (const value of await exportsOf(file)) if (isWanted(value)) found.push({ value, file })
  }
  return found
}

async function filesOf(path: string, given: string, setting: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    return (await moduleFiles(path)).map((file) => join(path, file))
  } catch (cause) {
    throw new InvalidConfiguration(setting, `${given} cannot be read`, { cause })
  }
}

async function exportsOf(file: string): Promise<unknown[]> {
  try {
    return Object.values(await import(pathToFileURL(file).href))
  } catch (cause) {
    throw new InvalidDefinition(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
