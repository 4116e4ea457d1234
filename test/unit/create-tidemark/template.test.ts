import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { describe, expect, it } from 'vitest'
import { BUSES, type Choices, STORAGES } from '../../../create-tidemark/src/choices.ts'
import { render } from '../../../create-tidemark/src/render.ts'
import { targetOf } from '../../../create-tidemark/src/target.ts'
import { filesOf } from '../../../create-tidemark/src/template.ts'

type PackageJson = Readonly<Record<'name' | 'version', string>> & {
  readonly engines: object
} & Readonly<Record<'dependencies' | 'devDependencies' | 'peerDependencies', Readonly<Record<string, string>>>>

const root = new URL('../../../', import.meta.url)
const packageJson = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as PackageJson

const target = targetOf('web', '/work', [])
const all = STORAGES.flatMap((storage) =>
  BUSES.map((bus): Choices => ({ uri: 'acme.basket', group: 'labels', bus, storage })),
)

describe.each(all)('a project with --storage $storage --bus $bus', (choices) => {
  const files = filesOf(target, choices, '1.2.3')
  const { dependencies, devDependencies, name } = JSON.parse(files.get('package.json') ?? '') as PackageJson

  it('has the names that were chosen, and none of the template', () => {
    const text = [...files].flat().join('\n')
    expect(text).not.toMatch(/\bshop\b|transit|__|(\/\/|#|<!--)\?/)
    expect([...files.keys()]).toContain('src/worker/acme.basket-labels.ts')
    expect(name).toBe('web')
    expect(dependencies.tidemark).toBe('^1.2.3')
  })

  it('depends on exactly what its code and its tidemark import', () => {
    const sources = [...files].filter(([path]) => path.endsWith('.ts')).map(([, text]) => text)
    const specifiers = sources.flatMap((text) =>
      [...text.matchAll(/ from '([^.'][^']*)'/g)].map(([, name = '']) => name),
    )
    const packages = specifiers.filter((one) => !isBuiltin(one)).map((one) => /^(@[^/]+\/)?[^/]+/.exec(one)?.[0])
    const drivers = { embedded: [], cosmos: ['@azure/cosmos'], mongo: ['mongodb'] }[choices.storage]
    expect(Object.keys(dependencies).sort()).toEqual([...new Set([...packages, ...drivers])].sort())
    expect('rhea' in devDependencies).toBe(choices.bus === 'service-bus')
  })

  it('describes in README.md each file of its code', () => {
    const readme = files.get('README.md') ?? ''
    for (const path of files.keys()) {
      if (path.startsWith('src/')) expect(readme).toContain(path.replace('src/worker/', ''))
    }
  })
})

it('depends on the releases that this repository is tested with', () => {
  const own = packageJson('package.json')
  const { tidemark: _, ...template } = {
    ...packageJson('create-tidemark/template/package.json').dependencies,
    ...packageJson('create-tidemark/template/package.json').devDependencies,
  }
  const tested = { ...own.devDependencies, ...own.peerDependencies }
  expect(template).toEqual(Object.fromEntries(Object.keys(template).map((name) => [name, tested[name]])))
})

it('needs the same Node as tidemark, and has its version', () => {
  const own = packageJson('package.json')
  expect(packageJson('create-tidemark/template/package.json').engines).toEqual(own.engines)
  expect(packageJson('create-tidemark/package.json')).toMatchObject({ engines: own.engines, version: own.version })
})

describe('a section', () => {
  const choices = { uri: 'a', group: 'b', bus: 'nats', storage: 'mongo' } as const
  const rendered = (...lines: string[]) => render(lines.join('\n'), choices, 'web')

  it('is there if one of its conditions holds', () => {
    expect(rendered('1', '//? bus=none | storage=cosmos,mongo', '2', '//?', '3')).toBe('1\n2\n3')
    expect(rendered('1', '<!--? bus=none -->', '2', '<!--? -->', '3')).toBe('1\n3')
    expect(rendered('1', '  #? storage=embedded', '  2', '  #?', '3')).toBe('1\n3')
  })

  it('may be a whole file, which is empty then', () => {
    expect(rendered('//? bus=service-bus', 'all of it')).toBe('')
  })

  it.each([
    ['ends before it begins', ['//?']],
    ['is in another one', ['//? bus=nats', '//? storage=mongo']],
    ['has an option that there is not', ['//? region=eu', 'x']],
  ])('is a fault of the template if it %s', (_, lines) => {
    expect(() => rendered(...lines)).toThrow()
  })
})
