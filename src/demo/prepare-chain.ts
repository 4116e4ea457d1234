import { existsSync, renameSync } from 'node:fs'
import { defaultChainKeyFile, defaultHeadsFolder } from '../open/chain/chain-config.ts'
import { folderOf } from '../open/file-url.ts'

/** What the demo says of its chain. */
export type DemoChain = {
  /** The file of the signing key. */
  readonly keyFile: string
  /** Where the heads of an earlier folder of that name are now, if there was one. */
  readonly movedHeads: string | undefined
}

const ORIGIN = 'tidemark-demo/meters'

/**
 * The environment of the demo's processes: with the signing key of `CHAIN_KEY`, by default in a file beside the storage's
 * folder, whether it exists yet or not.
 *
 * @param storage the URL of the storage
 */
export function withChainSettings(given: NodeJS.ProcessEnv, storage: string): NodeJS.ProcessEnv {
  const keyFile = given.CHAIN_KEY || defaultChainKeyFile(storage, 'TIDEMARK_STORAGE')
  return { ...given, ...(keyFile && { CHAIN_KEY: keyFile }) }
}

/**
 * Creates the file of the signing key unless it exists. Call it before the storage is created. Heads of a folder
 * that was removed since are moved aside, because a new log would look like one that was put back.
 *
 * @param environment see `withChainSettings`
 * @returns undefined if the storage is no folder and no key is named: then nothing is sealed
 * @throws InvalidConfiguration
 */
export async function prepareChain(environment: NodeJS.ProcessEnv, storage: string): Promise<DemoChain | undefined> {
  const { CHAIN_KEY: keyFile } = environment
  if (!keyFile) return undefined
  const { prepareKey } = await import('../open/chain/opening/prepare-key.ts')
  await prepareKey(keyFile, () => ({ origin: environment.CHAIN_ORIGIN || ORIGIN, setting: 'CHAIN_ORIGIN' }))
  return { keyFile, movedHeads: environment.CHAIN_ANCHORS ? undefined : moveHeads(storage) }
}

function moveHeads(storage: string): string | undefined {
  const [folder, heads] = [folderOf(storage, 'TIDEMARK_STORAGE'), defaultHeadsFolder(storage, 'TIDEMARK_STORAGE')]
  if (folder === undefined || heads === undefined || existsSync(folder) || !existsSync(heads)) return undefined
  const moved = `${heads}.${new Date().toISOString().replaceAll(':', '-')}`
  renameSync(heads, moved)
  return moved
}
