import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { satisfies, subset } from 'semver'
import { expect, test } from 'vitest'
import { OLDEST_NODE } from '../../src/core/node-version.ts'

type Package = {
  readonly version?: string
  readonly engines?: { readonly node?: string }
  readonly optional?: boolean
}
type Root = Package & {
  readonly engines: { readonly node: string }
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const root = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const own = JSON.parse(read('package.json')) as Root
const { packages } = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, Package>> }
const engineOf = (path: string): string => packages[path]?.engines?.node ?? '*'

test('every locked package runs on the Node that the project installs', () => {
  const node = packages['node_modules/node']?.version ?? ''
  expect(node).toBe(own.devDependencies.node)
  const others = Object.keys(packages).filter((path) => !satisfies(node, engineOf(path)))
  expect(others).toEqual([])
})

test('the oldest Node is the one that package.json names, and so is each page that tells it', () => {
  expect(own.engines.node.startsWith(`^${OLDEST_NODE} `)).toBe(true)
  for (const page of ['README.md', 'docs/tutorial.md', 'create-tidemark/template/README.md'])
    expect(read(page)).toContain(`Node ${OLDEST_NODE}`)
  for (const workflow of readdirSync(join(root, '.github/workflows'))) {
    const named = [...read(`.github/workflows/${workflow}`).matchAll(/\b22\.\d+\.\d+/g)].map(([version]) => version)
    expect(named.filter((version) => version !== OLDEST_NODE)).toEqual([])
  }
})

test('the peers run on every Node that the package supports', () => {
  const narrower = Object.keys(own.peerDependencies).filter(
    (name) => !subset(own.engines.node, engineOf(`node_modules/${name}`)),
  )
  expect(narrower).toEqual([])
})
