import { delimiter, join } from 'node:path'
import { isExecutable } from '../../../bench/support/servers/executable.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The chromium of this machine: `CHROMIUM`, or the first one on the PATH. Nothing is downloaded.
 *
 * @returns undefined where there is none, which is said in one line
 */
export function findChromium(): string | undefined {
  const folders = process.env.PATH?.split(delimiter) ?? []
  const candidates = [process.env.CHROMIUM ?? [], NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))]
  const found = candidates.flat().find(isExecutable)
  if (found === undefined) {
    console.warn(
      'SKIPPED: the browser tests, because there is no chromium here. ' +
        'Install it (apt-get install chromium), or set CHROMIUM to its path; then: npx vitest run test/e2e/browser',
    )
  }
  return found
}
