import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadAggregates } from '../../../../src/cli/unique/load-aggregates.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const SOURCE = pathToFileURL(join(import.meta.dirname, '../../../../src/index.ts')).href

const aggregate = (category: string, unique = '{ name: () => null }') =>
  `defineAggregate({ category: '${category}', events: defineEvents({}), initial: {}, evolve: {}, unique: ${unique} })`

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = tempFolder()
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(path, name), `import { defineAggregate, defineEvents } from '${SOURCE}'\n${text}`)
  }
  return path
}

const categoriesIn = async (path: string) => (await loadAggregates(path)).map(({ category }) => category)

describe('aggregates with unique values', () => {
  it('are loaded from the files of a folder, by default or under a name', async () => {
    const path = await folder({
      'a.mjs': `export default ${aggregate('a')}`,
      'b.mjs': `export const b = ${aggregate('b')}\nexport const plain = ${aggregate('plain', 'undefined')}`,
      'c.mjs': 'export const other = 1',
      'notes.txt': 'this is no module',
    })
    expect(await categoriesIn(path)).toEqual(['a', 'b'])
    expect(await categoriesIn(join(path, 'b.mjs'))).toEqual(['b'])
  })

  it('may be exported twice, but not be two of one category', async () => {
    const twice = await folder({ 'a.mjs': `const a = ${aggregate('a')}\nexport { a }\nexport default a` })
    expect(await categoriesIn(twice)).toEqual(['a'])
    const two = await folder({
      'a.mjs': `export const a = ${aggregate('a')}`,
      'b.mjs': `export const a = ${aggregate('a')}`,
    })
    await expect(loadAggregates(two)).rejects.toThrow(/b\.mjs: there is another aggregate of the category a/)
  })

  it('are refused where there are none, or where a file cannot be read or loaded', async () => {
    const path = await folder({ 'a.mjs': 'export default 1' })
    await expect(loadAggregates(path)).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: '--aggregates' })
    await expect(loadAggregates(join(path, 'b.mjs'))).rejects.toMatchObject({ setting: '--aggregates' })
    const broken = await folder({ 'a.mjs': "throw new Error('broken')" })
    await expect(loadAggregates(broken)).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringContaining('a.mjs: broken'),
    })
  })
})
