import { isInstalled } from '../../../scripts/install-folder.ts'

const root = new URL('../../servers/', import.meta.url)

/**
 * The folder of a server that is too large, or too old, to be installed with the project.
 *
 * @param tests what does not run without it, for the line that says so
 * @returns undefined where it is not installed, which is said in one line
 */
export function findServerFolder(name: 'azure-blob' | 's3', tests: string): string | undefined {
  const folder = new URL(`${name}/`, root).pathname
  if (isInstalled(folder)) return folder
  process.stderr.write(
    `\n!!! ${tests} DID NOT RUN, for test/servers/${name} is not installed: bash .ci/install-test-servers ${name}\n\n`,
  )
  return undefined
}
