import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fence, fencesOf, parseFences } from '../support/docs/fences.ts'
import { sourceEntries } from '../../scripts/source-entries.ts'

const root = new URL('../../', import.meta.url).pathname
const fences = fencesOf(root)
const nameOf = ({ place }: Fence): string => `${place.replaceAll(/[^\w]+/g, '-')}.ts`
const run = promisify(execFile)

// Outside of the repository, as a user's program is: Node strips no types inside node_modules.
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-docs-'))
  const entries = Object.entries(sourceEntries(readFileSync(join(root, 'package.json'), 'utf8')))
  const paths = Object.fromEntries(entries.map(([name, source]) => [name, [join(root, source)]]))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { paths, typeRoots: [join(root, 'node_modules/@types')] },
      include: ['*.ts'],
    }),
  )
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function compile(): Promise<string> {
  const compiler = join(root, 'node_modules/.bin/tsc')
  return run(compiler, ['--project', folder, '--pretty', 'false'], { cwd: folder }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
}

test('there is code in the documentation, and no fence that is not checked lacks its reason', () => {
  expect(fences.filter(({ runs }) => runs).length).toBeGreaterThan(0)
  for (const { place, note } of fences) expect(`${place} ${note}`).toMatch(/^\S+ (?:no-check \S.{10,})?$/)
})

test('the documentation compiles, and an error in it would be noticed', async () => {
  for (const fence of fences) {
    if (!fence.note.startsWith('no-check')) await writeFile(join(folder, nameOf(fence)), fence.code)
  }
  await writeFile(join(folder, 'planted.ts'), "import { TidemarkError } from 'tidemark'\nTidemarkError.nothing\n")
  const errors = (await compile()).trim().split('\n')
  await rm(join(folder, 'planted.ts'))
  expect(errors).toEqual([expect.stringContaining("planted.ts(2,15): error TS2339: Property 'nothing'")])
}, 120_000)

test.each(fences.filter(({ runs }) => runs))('$place runs', async (fence) => {
  const program = join(folder, `run-${nameOf(fence)}`)
  await writeFile(program, fence.code)
  const hook = new URL('../support/docs/resolve-self.ts', import.meta.url).href
  // A program that does not end by itself is stopped and fails.
  await run(process.execPath, ['--import', hook, program], { cwd: folder, timeout: 20_000 })
})

test('fences are found with their notes and marks', () => {
  const text = [
    '<!-- run -->',
    '```ts',
    'a',
    '```',
    '',
    '- ',
    '  ```ts no-check why',
    '  b',
    '  ```',
    '```sh',
    'c',
    '```',
  ]
  expect(parseFences('x.md', text.join('\n'))).toEqual([
    { place: 'x.md:2', code: 'a\n', note: '', runs: true },
    { place: 'x.md:7', code: 'b\n', note: 'no-check why', runs: false },
  ])
  expect(() => parseFences('x.md', '```ts\na')).toThrow('x.md:1')
})
