import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'

/** Whether what the lock file of a folder names is installed in it. @param folder ends with a slash */
export function isInstalled(folder: string): boolean {
  // npm writes this file last, after the packages' own install scripts.
  const installed = statSync(`${folder}node_modules/.package-lock.json`, { throwIfNoEntry: false })
  return installed !== undefined && installed.mtimeMs >= statSync(`${folder}package-lock.json`).mtimeMs
}

/**
 * Installs what the lock file of a folder names: of a part of the project that has packages of its own, so that nobody
 * has to install them who does not use that part.
 *
 * @param folder ends with a slash
 * @throws Error with the output of npm
 */
export async function installFolder(folder: string): Promise<void> {
  // What the outer npm tells its script about the project must not reach the inner one, which is about another folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
  )
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
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
