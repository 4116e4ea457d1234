import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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
    await npmCi(folder)
  }
  const manifest = readFileSync(`${folder}node_modules/@event-driven-io/emmett-${name}/package.json`, 'utf8')
  return { version: JSON.parse(manifest).version }
}

function isInstalled(folder: string): boolean {
  // npm writes this file last, after the packages' own install scripts.
  const installed = statSync(`${folder}node_modules/.package-lock.json`, { throwIfNoEntry: false })
  return installed !== undefined && installed.mtimeMs >= statSync(`${folder}package-lock.json`).mtimeMs
}

async function npmCi(folder: string): Promise<void> {
  // What the outer npm tells its script about the project must not reach the inner one, which is about another folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
  )
  const child = spawn('npm', ['ci'], {
    cwd: folder,
    env,
    // On Windows npm is a batch file, which only a shell starts.
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0) throw new Error(`npm ci in ${folder} ended with ${code}:\n${Buffer.concat(output)}`)
}
