import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installFolder, isInstalled } from '../../../scripts/install-folder.ts'

/** Which of emmett's event stores: each is installed in a folder of `bench/peers`, with a driver of its own. */
export type EmmettName = 'sqlite' | 'mongodb'

/** An event store of emmett as `bench/peers` has it installed. */
export type EmmettPeer = {
  readonly version: string
}

const DURATION: Readonly<Record<EmmettName, string>> = {
  sqlite: '; its sqlite3 may be built from source, which takes a minute',
  mongodb: '',
}

/**
 * Finds a peer, and where it is not there yet, or its lock file has changed, installs it.
 *
 * @param mayInstall whether there is time for that
 * @throws Error when it is not there, and could or should not be installed
 */
export async function findEmmett(
  name: EmmettName,
  mayInstall: boolean,
  progress: (text: string) => void,
): Promise<EmmettPeer> {
  const folder = fileURLToPath(new URL(`../../peers/${name}/`, import.meta.url))
  if (!isInstalled(folder)) {
    if (!mayInstall) throw new Error('a quick run installs nothing: --with emmett does')
    progress(`installing emmett-${name} into bench/peers/${name}${DURATION[name]}`)
    await installFolder(folder)
  }
  const manifest = readFileSync(`${folder}node_modules/@event-driven-io/emmett-${name}/package.json`, 'utf8')
  return { version: JSON.parse(manifest).version }
}
