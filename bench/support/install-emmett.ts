import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** emmett-sqlite as `bench/peers` has it installed. */
export type EmmettPeer = {
  readonly version: string
}

const peers = fileURLToPath(new URL('../peers/', import.meta.url))

/** Installs the peers on first use, and again after their lock file changed. @throws Error when that fails */
export async function installEmmett(progress: (text: string) => void): Promise<EmmettPeer> {
  if (!isInstalled()) {
    progress('installing emmett-sqlite into bench/peers; its sqlite3 may be built from source, which takes a minute')
    await npmCi()
  }
  const manifest = readFileSync(`${peers}node_modules/@event-driven-io/emmett-sqlite/package.json`, 'utf8')
  return { version: JSON.parse(manifest).version }
}

function isInstalled(): boolean {
  // npm writes this file last, after the packages' own install scripts.
  const installed = statSync(`${peers}node_modules/.package-lock.json`, { throwIfNoEntry: false })
  return installed !== undefined && installed.mtimeMs >= statSync(`${peers}package-lock.json`).mtimeMs
}

async function npmCi(): Promise<void> {
  // What the outer npm tells its script about the project must not reach the inner one, which is about another folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
  )
  const child = spawn('npm', ['ci'], {
    cwd: peers,
    env,
    // On Windows npm is a batch file, which only a shell starts.
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0) throw new Error(`npm ci in bench/peers ended with ${code}:\n${Buffer.concat(output)}`)
}
