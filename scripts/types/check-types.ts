import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCost } from './check-cost.ts'
import { COMPILERS, type Compiler, programOf } from './compilers.ts'
import { languageService } from './printed.ts'
import { writeProjects } from './projects.ts'

const sources = new URL('../../test/types/package/', import.meta.url).pathname
const snapshot = join(sources, 'printed.txt')
const read = (file: string): string => readFileSync(join(sources, file), 'utf8')

/** The names whose hovers are compared, each with what comes before it in shop.ts. */
const HOVERS: readonly (readonly [name: string, before: string])[] = [
  ['named', 'const '],
  ['order', 'const '],
  ['orders', 'const '],
  ['execute', 'orders\\.'],
  ['handle', 'const '],
  ['addItem', 'const '],
  ['basket', 'const '],
]
const MOST_LINES = 3

/** What the empty project has besides the package, in the versions that the repository uses. */
export type Installed = { readonly tarball: string; readonly packages: readonly string[] }

/**
 * Installs the package into an empty project, compiles what users write there, with each compiler and in each kind of
 * project, and compares what an editor shows of it with a snapshot.
 *
 * @param example the README's example
 * @param update writes the snapshot anew instead of comparing
 * @throws when something does not compile, or is printed otherwise
 */
export async function checkTypes({ tarball, packages }: Installed, example: string, update: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-types-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
    const compilers = Object.entries(COMPILERS).map(([alias, source]) => `${alias}@${source}`)
    const install = ['install', '--no-audit', '--no-fund', '--silent', tarball, ...packages, ...compilers]
    const { status } = spawnSync('npm', install, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
    if (status !== 0) throw new Error(`npm install ended with ${status}`)
    await compileAll(folder, { 'shop.ts': read('shop.ts'), 'readme.ts': example })
    for (const file of ['shop.ts', 'mistakes.ts', 'plain-zod.ts']) writeFileSync(join(folder, file), read(file))
    writeFileSync(join(folder, 'readme.ts'), example)
    compareWithSnapshot(printedTypes(folder), update)
    checkCost(folder, 'readme.ts', 'plain-zod.ts')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compileAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const projects = writeProjects(folder, files)
  const started = performance.now()
  const compilers = Object.keys(COMPILERS) as Compiler[]
  const queue = compilers.flatMap((compiler) => projects.map((project) => ({ compiler, project })))
  const failures: string[] = []
  const work = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const output = await compile(folder, job.compiler, job.project)
      if (output !== '') failures.push(`${job.compiler}, ${job.project}:\n${output}`)
    }
  }
  // Two at once: that many cores a small machine has.
  await Promise.all([work(), work()])
  if (failures.length > 0) throw new Error(failures.join('\n'))
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`${compilers.length} compilers accept ${projects.length} kinds of projects (${seconds} s)`)
}

/** @returns what the compiler says; '' where it accepts the project */
async function compile(folder: string, compiler: Compiler, project: string): Promise<string> {
  const program = spawn(process.execPath, [programOf(compiler), '--project', project, '--pretty', 'false'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = await once(program, 'close')
  return code === 0 ? '' : output || `exit code ${code}`
}

function printedTypes(folder: string): string {
  const editor = languageService(folder, 'typescript-5.9')
  const hovers = HOVERS.map(([name, before]) => editor.hover('shop.ts', name, before))
  const long = hovers.find((text) => text.split('\n').length > MOST_LINES)
  if (long) throw new Error(`This hover takes more than ${MOST_LINES} lines:\n${long}`)
  return `# Hovers\n\n${hovers.join('\n\n')}\n\n# Messages\n\n${editor.messages('mistakes.ts')}\n`
}

function compareWithSnapshot(printed: string, update: boolean): void {
  if (update) writeFileSync(snapshot, printed)
  else if (printed !== readFileSync(snapshot, 'utf8')) {
    const advice = 'If it should, run npm run test:package -- --types --update'
    throw new Error(`An editor shows other than ${snapshot}. ${advice}:\n${printed}`)
  }
}
