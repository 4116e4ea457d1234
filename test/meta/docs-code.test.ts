import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceEntries } from '../../scripts/source-entries.ts'
import { type Fence, fencesOf, parseFences } from '../support/docs/fences.ts'

const root = new URL('../../', import.meta.url).pathname
const fences = fencesOf(root)
// Each page has a folder of its own, in which its fences find each other.
const nameOf = ({ place, file }: Fence): string => {
  const [page = '', line = ''] = place.split(':')
  return join(page.replaceAll(/[^\w]+/g, '-'), file ?? `line-${line}.ts`)
}
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
      include: ['**/*.ts'],
    }),
  )
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const fence of fences) {
    const path = join(folder, nameOf(fence))
    await mkdir(dirname(path), { recursive: true })
    if (!fence.note.startsWith('no-check')) await writeFile(path, fence.code, { flag: 'wx' })
  }
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

test('the documentation runs on the oldest Node that the package names, which has no `using` declarations', () => {
  const using = fences.filter(({ code }) => /^\s*(await )?using \w/m.test(code))
  expect(using.map(({ place }) => place)).toEqual([])
})

test('the documentation compiles, and an error in it would be noticed', async () => {
  await writeFile(join(folder, 'planted.ts'), "import { TidemarkError } from 'tidemark'\nTidemarkError.nothing\n")
  const errors = (await compile()).trim().split('\n')
  await rm(join(folder, 'planted.ts'))
  expect(errors).toEqual([expect.stringContaining("planted.ts(2,15): error TS2339: Property 'nothing'")])
}, 120_000)

test.concurrent.each(fences.filter(({ runs }) => runs))(
  '$place runs',
  async (fence) => {
    const hook = new URL('../support/docs/resolve-self.ts', import.meta.url).href
    // Each in a folder of its own, so that none finds the events of another one.
    const cwd = await mkdtemp(join(folder, 'run-'))
    // The sources are stripped of their types once and not for each program.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') }
    // A program that does not end by itself is stopped and fails.
    await run(process.execPath, ['--import', hook, join(folder, nameOf(fence))], { cwd, timeout: 50_000, env })
  },
  60_000,
)

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
    '<!-- file: d.ts -->',
    '```ts',
    'd',
    '```',
  ]
  expect(parseFences('x.md', text.join('\n'))).toEqual([
    { place: 'x.md:2', code: 'a\n', note: '', runs: true },
    { place: 'x.md:7', code: 'b\n', note: 'no-check why', runs: false },
    { place: 'x.md:14', code: 'd\n', note: '', runs: false, file: 'd.ts' },
  ])
  expect(() => parseFences('x.md', '```ts\na')).toThrow('x.md:1')
})
