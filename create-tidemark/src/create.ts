import { spawnSync } from 'node:child_process'
import { relative } from 'node:path'
import { type Arguments, HELP, readArguments } from './arguments.ts'
import { type Choices, defaultsFor } from './choices.ts'
import { askChoices, Cancelled, canAsk, type Questions, questions, type Streams } from './questions.ts'
import { type Target, targetOf } from './target.ts'
import { allPackages, filesOf, ownPaths } from './template.ts'
import { UsageError } from './usage-error.ts'
import { hasFiles, writeProject } from './write-project.ts'

const DEFAULT_FOLDER = 'tidemark-service'

/** What a run of the program uses. */
export type Run = Streams & {
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: NodeJS.ProcessEnv
  /** The version of this package, and of the tidemark that the project depends on. */
  readonly version: string
}

/**
 * Creates a project.
 *
 * @returns the exit code: 0, or 1 if the packages could not be installed
 * @throws UsageError and Cancelled; nothing was written then
 */
export async function create(run: Run): Promise<number> {
  const { output, version } = run
  const given = readArguments(run.args)
  if (given.show !== undefined) {
    output.write(`${given.show === 'help' ? HELP : version}\n`)
    return 0
  }
  const { target, choices } = await decide(given, run)
  const files = filesOf(target, choices, version)
  const removed = writeProject(target.folder, files, ownPaths(target, choices))
  output.write(`Created ${target.packageName} in ${target.folder}: ${files.size} files\n`)
  output.write(`  contract ${choices.uri}, group ${choices.group}, bus ${choices.bus}, storage ${choices.storage}\n`)
  for (const path of removed) output.write(`  removed ${path}, which these choices do not have\n`)
  const isInstalled = given.install && install(target.folder, output)
  output.write(nextSteps(run.cwd, target.folder, isInstalled))
  return given.install && !isInstalled ? 1 : 0
}

type Decided = { readonly target: Target; readonly choices: Choices }

async function decide(given: Arguments, run: Run): Promise<Decided> {
  if (!given.interactive || !canAsk(run, run.environment)) {
    const target = targetOf(given.target ?? DEFAULT_FOLDER, run.cwd, allPackages())
    if (hasFiles(target.folder) && !given.overwrite) {
      throw new UsageError(`${target.folder} has files; with --overwrite, those of the template are replaced`)
    }
    return { target, choices: { ...defaultsFor(target.word), ...given.chosen } }
  }
  const asking = questions(run)
  try {
    return await ask(given, run, asking)
  } finally {
    asking.close()
  }
}

async function ask({ target: named, chosen, overwrite }: Arguments, run: Run, asking: Questions): Promise<Decided> {
  const folder = named ?? (await asking.ask('Folder', DEFAULT_FOLDER, 'a name', (answer) => answer !== ''))
  const target = targetOf(folder, run.cwd, allPackages())
  const isFull = hasFiles(target.folder) && !overwrite
  if (
    isFull &&
    !(await asking.confirm(`${target.folder} has files. Replace those of the template, and keep others?`))
  ) {
    throw new Cancelled('cancelled: nothing was written')
  }
  return { target, choices: await askChoices(asking, chosen, defaultsFor(target.word)) }
}

function install(folder: string, output: NodeJS.WritableStream): boolean {
  output.write('Installing packages: npm install\n')
  const { status } = spawnSync('npm install', { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: true })
  if (status !== 0) output.write('The packages could not be installed; the files are there\n')
  return status === 0
}

function nextSteps(cwd: string, folder: string, isInstalled: boolean): string {
  const path = relative(cwd, folder)
  const steps = [
    ...(path === '' ? [] : [`cd ${/^[\w@./\\-]+$/.test(path) ? path : JSON.stringify(path)}`]),
    ...(isInstalled ? [] : ['npm install']),
    'npm start',
  ]
  return `\nNext:\n\n${steps.map((step) => `  ${step}\n`).join('')}\nREADME.md says what to try, and what to change first.\n`
}
