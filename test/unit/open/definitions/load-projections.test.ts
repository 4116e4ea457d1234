import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { InvalidConfiguration, InvalidDefinition } from '../../../../src/core/errors/index.ts'
import { closeLoaded, importProjections, loadProjections } from '../../../../src/open/definitions/load-projections.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'

const storage = withViews(openMemory())
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-projections-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = (file: string, text: string) => writeFile(join(folder, file), text)
const projection = (name: string) =>
  `export default { name: '${name}', version: 1, initial: () => ({}), events: { definitions: {} }, foldsDeletion: false, keysOf: () => [], fold: () => null }`

it("loads the demo's own, each under the name of its file", async () => {
  const found = await loadProjections(fileURLToPath(new URL('../../../../projections', import.meta.url)), storage)
  expect(found.map(({ name }) => name)).toEqual([
    'customers',
    'daily-totals-by-week',
    'meter-activation',
    'meter-overview',
    'total-activated-meters',
  ])
})

it('passes over what is no module', async () => {
  await put('a.mjs', projection('a'))
  await put('README.md', 'text')
  await put('types.d.ts', 'export {}')
  expect((await loadProjections(folder, storage)).map(({ name }) => name)).toEqual(['a'])
})

it('names each file that does not do, and why, and loads none', async () => {
  await put('good.mjs', projection('good'))
  await put('broken.mjs', 'export default {')
  await put('throws.mjs', `throw new Error('out of order')`)
  await put('empty.mjs', 'export const x = 1')
  await put('other.mjs', projection('another'))
  await put('good.js', projection('good'))
  const error: InvalidDefinition = await loadProjections(folder, storage).catch((e) => e)
  expect(error).toBeInstanceOf(InvalidDefinition)
  const lines = error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))
  expect(lines).toEqual([
    expect.stringMatching(/^broken\.mjs: /),
    'empty.mjs: its default export is not a projection (see defineProjection)',
    'good.mjs: another file has the same name',
    'other.mjs: projection another must be in a file of the same name, not in other',
    'throws.mjs: out of order',
  ])
})

it('refuses a folder that is not there or holds none', async () => {
  await expect(loadProjections(join(folder, 'nowhere'), storage)).rejects.toThrow(InvalidConfiguration)
  await expect(loadProjections(folder, storage)).rejects.toThrow(/contains no projection/)
})

it('calls what is a function with the storage, once there is one', async () => {
  await put(
    'b.mjs',
    projection('b')
      .replace('export default', 'const b =')
      .concat('\nexport default async (storage) => ({ ...b, storage })'),
  )
  await put('a.mjs', projection('a'))
  const load = await importProjections(folder)
  const [a, b] = (await load(storage)).projections
  expect([a?.name, b]).toEqual(['a', expect.objectContaining({ name: 'b', storage })])
})

it('tells subscribers from projections, and closes what modules want closed', async () => {
  await put('a.mjs', projection('a'))
  await put(
    'inbox.mjs',
    `export default { name: 'inbox', subscription: () => ({}) }
     export const close = () => { globalThis.closedInbox = true }`,
  )
  const loaded = await (await importProjections(folder))(storage)
  expect(loaded.projections.map(({ name }) => name)).toEqual(['a'])
  expect(loaded.subscribers.map(({ name }) => name)).toEqual(['inbox'])
  expect((await loadProjections(folder, storage)).map(({ name }) => name)).toEqual(['a'])
  await closeLoaded()
  expect(globalThis).toMatchObject({ closedInbox: true })
})

it('names each function that does not do, and why', async () => {
  await put('a.mjs', projection('a'))
  await put('b.mjs', projection('a').replace('export default', 'const a =').concat('\nexport default () => a'))
  await put('c.mjs', `export default () => { throw new Error('no repository') }`)
  await put('d.mjs', 'export default () => {}')
  const error: InvalidDefinition = await loadProjections(folder, storage).catch((e) => e)
  expect(error).toBeInstanceOf(InvalidDefinition)
  expect(error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))).toEqual([
    'b.mjs: projection a must be in a file of the same name, not in b',
    'c.mjs: no repository',
    'd.mjs: its default export is not a projection (see defineProjection)',
  ])
})

it('loads a rule as the reactions that it consists of', async () => {
  const index = JSON.stringify(new URL('../../../../src/rules/index.ts', import.meta.url).href)
  const rule = (name: string) => `import { call, defineRule, propertyChanged } from ${index}
    export default defineRule('${name}', propertyChanged('a'), { effects: [call('mail', () => {})] })`
  await put('on-a.mjs', rule('on-a'))
  expect((await loadProjections(folder, storage)).map(({ name }) => name)).toEqual(['on-a', 'on-a.mail'])
  await put('other.mjs', rule('another'))
  await expect(loadProjections(folder, storage)).rejects.toThrow('rule another must be in a file of the same name')
})
