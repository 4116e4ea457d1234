import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname

type PackageJson = {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const packageJson = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson

/** Runs npm to its end. @throws Error with what it printed */
export function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', timeout: 300_000, stdio: 'pipe' })
}

/** Packs `create-tidemark`, and installs it into a folder. @returns the path of its program */
export function installCreate(folder: string): string {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm(join(root, 'create-tidemark'), 'pack', '--pack-destination', folder)
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  npm(folder, 'install', '--no-audit', '--no-fund', `./${packed}`)
  return join(folder, 'node_modules/create-tidemark/dist/main.js')
}

/** Makes a project depend on the packed tidemark instead of the published one. */
export function usePacked(project: string, tarball: string): void {
  const found = packageJson(project)
  const dependencies = { ...found.dependencies, tidemark: `file:${tarball}` }
  writeFileSync(join(project, 'package.json'), `${JSON.stringify({ ...found, dependencies }, null, 2)}\n`)
}

/** Installs the packages of all projects into one folder. */
export function installUnion(folder: string, projects: readonly string[]): void {
  mkdirSync(folder)
  const all = projects.map(packageJson)
  const dependencies = Object.assign({}, ...all.map((one) => ({ ...one.dependencies, ...one.devDependencies })))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  npm(folder, 'install', '--no-audit', '--no-fund', '--prefer-offline')
}

/**
 * Gives a project exactly the packages that its own package.json names, from those that are installed elsewhere. Most are
 * links; tidemark is a copy, which finds the packages that it needs only where the project has them.
 */
export function linkPackages(project: string, union: string): void {
  const { dependencies, devDependencies } = packageJson(project)
  const target = join(project, 'node_modules')
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const [from, to] = [join(union, 'node_modules', name), join(target, name)]
    mkdirSync(dirname(to), { recursive: true })
    if (name === 'tidemark') cpSync(from, to, { recursive: true })
    else symlinkSync(from, to, 'dir')
  }
  symlinkSync(join(union, 'node_modules/.bin'), join(target, '.bin'), 'dir')
}
