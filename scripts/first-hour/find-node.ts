import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

/**
 * The program of a release of Node, which npm installs; needs nothing but npm.
 *
 * @param version `22.23.3`; this process's own, which is not installed again; or the path of a program
 * @throws Error when npm has no such release for this platform
 */
export function findNode(version: string, folder: string): string {
  if (version === process.versions.node) return process.execPath
  if (isAbsolute(version)) return version
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const options = ['--no-audit', '--no-fund', '--ignore-scripts']
  execFileSync('npm', ['install', ...options, `${name}@${version}`], {
    cwd: folder,
    stdio: 'inherit',
    timeout: 300_000,
  })
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}
