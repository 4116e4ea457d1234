import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')

/** The command line as it is in the sources. */
export const SOURCE_CLI = join(ROOT, 'src/cli/main.ts')

/**
 * The command line that tests of commands run: the one that `TIDEMARK_CLI` names, relative to the project, or the
 * sources. `dist/cli/main.js`, once it is built, starts in a third of the time.
 */
export const CLI = resolve(ROOT, process.env.TIDEMARK_CLI ?? SOURCE_CLI)

if (!existsSync(CLI)) throw new Error(`TIDEMARK_CLI names ${CLI}, which does not exist: run npm run build`)
