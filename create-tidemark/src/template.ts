import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUSES, type Choices, STORAGES } from './choices.ts'
import { render } from './render.ts'
import type { Target } from './target.ts'

const folder = fileURLToPath(new URL('../template', import.meta.url))

// npm leaves .gitignore out of packages, and a second biome.json would be found where the template itself is checked.
const RENAMED: Readonly<Record<string, string>> = { _gitignore: '.gitignore', '_biome.json': 'biome.json' }

/** The packages that only some projects need. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  cosmos: ['@azure/cosmos'],
  mongo: ['mongodb'],
  'service-bus': ['@azure/service-bus', 'rhea'],
  nats: ['@nats-io/jetstream', '@nats-io/transport-node'],
}

type PackageJson = {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The packages that some project depends on. */
export function allPackages(): string[] {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as PackageJson
  return Object.keys({ ...dependencies, ...devDependencies })
}

/**
 * The files of a project, by path.
 *
 * @param tidemark the version of tidemark that it depends on, or a later one that is compatible
 */
export function filesOf(target: Target, choices: Choices, tidemark: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const file of templateFiles()) {
    const path = pathOf(file, choices)
    const text =
      path === 'package.json'
        ? packageJson(target, choices, tidemark)
        : path && render(read(file), choices, target.slug)
    if (path && text) files.set(path, text)
  }
  return files
}

/** The paths that the template writes with these names, whatever bus and storage are chosen. */
export function ownPaths(target: Target, { uri, group }: Choices): Set<string> {
  const variants = BUSES.flatMap((bus) => STORAGES.map((storage) => ({ uri, group, bus, storage })))
  return new Set(variants.flatMap((choices) => [...filesOf(target, choices, '').keys()]))
}

const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

function templateFiles(): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((path) => !path.startsWith('node_modules/'))
    .sort()
}

/** The path of a file in a project, or undefined for that of another bus, such as `publish-cart.nats.ts`. */
function pathOf(file: string, { uri, group, bus }: Choices): string | undefined {
  const [, stem = '', variant, extension = ''] = /^(.*)\.([a-z-]+)(\.[a-z]+)$/.exec(file) ?? []
  if (BUSES.some((one) => one === variant)) return variant === bus ? stem + extension : undefined
  return RENAMED[file] ?? file.replace('__uri__', uri).replace('__group__', group)
}

function packageJson({ packageName }: Target, { bus, storage }: Choices, tidemark: string): string {
  const { dependencies, devDependencies, ...others } = JSON.parse(read('package.json')) as PackageJson
  const needed = [bus, storage].flatMap((one) => PACKAGES[one] ?? [])
  const optional = Object.values(PACKAGES).flat()
  const keep = (packages: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !optional.includes(name) || needed.includes(name)))
  const written = {
    ...others,
    name: packageName,
    dependencies: { ...keep(dependencies), tidemark: `^${tidemark}` },
    devDependencies: keep(devDependencies),
  }
  return `${JSON.stringify(written, null, 2)}\n`
}
