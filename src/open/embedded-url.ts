import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { openEmbedded } from '../embedded.ts'
import { parseFileUrl } from './file-url.ts'
import type { Opener } from './opener.ts'

/**
 * Opens the folder of a `file:` URL: `file:./data` relative to the working directory, `file:///var/data` absolute.
 * `ranges` is its number of feed ranges.
 */
export const openFileUrl: Opener = async (url, { setting, clock, mustExist = false, acceptDivergedLog }) => {
  const { folder, ranges } = parseFileUrl(url, setting)
  if (mustExist && !existsSync(join(folder, 'events.db'))) {
    throw new InvalidConfiguration(setting, `${folder} contains no storage; create one with tidemark setup`)
  }
  return openEmbedded(folder, {
    ...(ranges !== undefined && { ranges }),
    ...(clock && { clock }),
    ...(acceptDivergedLog && { acceptDivergedLog }),
  })
}
