import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { InvalidConfiguration, InvalidDefinition } from '../../../src/core/errors/index.ts'
import { loadProjections } from '../../../src/worker/load-projections.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-projections-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = (file: string, text: string) => writeFile(join(folder, file), text)
const projection = (name: string) =>
  `export default { name: '${name}', version: 1, initial: () => ({}), events: { definitions: {} }, foldsDeletion: false, keysOf: () => [], fold: () => null }`

it("loads the demo's own, each under the name of its file", async () => {
  const found = await loadProjections(fileURLToPath(new URL('../../../projections', import.meta.url)))
  expect(found.map(({ name }) => name)).toEqual([
    'customers',
    'daily-totals-by-week',
    'meter-overview',
    'total-activated-meters',
  ])
})

it('passes over what is no module', async () => {
  await put('a.mjs', projection('a'))
  await put('README.md', 'text')
  await put('types.d.ts', 'export {}')
  expect((await loadProjections(folder)).map(({ name }) => name)).toEqual(['a'])
})

it('names each file that does not do, and why, and loads none', async () => {
  await put('good.mjs', projection('good'))
  await put('broken.mjs', 'export default {')
  await put('throws.mjs', `throw new Error('out of order')`)
  await put('empty.mjs', 'export const x = 1')
  await put('other.mjs', projection('another'))
  await put('good.js', projection('good'))
  const error: InvalidDefinition = await loadProjections(folder).catch((e) => e)
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
  await expect(loadProjections(join(folder, 'nowhere'))).rejects.toThrow(InvalidConfiguration)
  await expect(loadProjections(folder)).rejects.toThrow(/contains no projection/)
})
