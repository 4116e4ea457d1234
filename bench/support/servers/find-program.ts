import { delimiter, join } from 'node:path'
import { isExecutable } from './executable.ts'

/**
 * The program of a server that tests start: the one that an environment variable names, or the first one on the PATH.
 *
 * @param skipped what does not run without it
 * @param install the command that installs it
 * @param places where it may be as well, before the PATH
 * @returns undefined where there is none, which is said in one line
 */
export function findProgram(
  program: string,
  variable: string,
  skipped: string,
  install: string,
  places: readonly string[] = [],
): string | undefined {
  const folders = process.env.PATH?.split(delimiter) ?? []
  const candidates = [process.env[variable] ?? [], places, folders.map((folder) => join(folder, program))]
  const found = candidates.flat().find(isExecutable)
  if (found === undefined) {
    process.stderr.write(`\n!!! ${skipped}, for there is no ${program}: ${install}, or set ${variable} to one\n\n`)
  }
  return found
}
