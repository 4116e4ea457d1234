// Packs the package, installs the tarball into an empty project, and runs the README's first example there: what a
// stranger does. Run it with `npm run test:package`. With `-- --types`, only what compilers and editors make of the
// package is looked at; with `-- --types --update`, what editors show is written down anew.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarball } from './package/tarball.ts'
import { checkTypes } from './types/check-types.ts'

const root = new URL('..', import.meta.url).pathname
const example = /<!-- example: main -->\n+```ts[^\n]*\n([\s\S]*?)\n```/

/** Runs a program to its end. @throws when it fails or takes longer than five minutes */
function run(cwd: string, program: string, ...args: string[]): string {
  console.log(`> ${program} ${args.join(' ')}`)
  const { status, signal, error, stdout } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
    maxBuffer: 1e8,
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ended with ${signal ?? status}: ${stdout}`)
  return stdout
}

function exampleOfReadme(): string {
  const code = example.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (code === undefined) throw new Error('README.md has no example behind <!-- example: main -->')
  return code
}

type PackageJson = {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly bin: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

function packageJson(): PackageJson {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson
}

/** A package that is installed besides ours, in the range that ours names. */
function wanted(name: string): string {
  const { devDependencies, peerDependencies } = packageJson()
  const range = peerDependencies[name] ?? devDependencies[name]
  if (range === undefined) throw new Error(`package.json does not name ${name}`)
  return `${name}@${range}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Compiles programs with every declaration that they lead to. What is wrong in the declarations of other packages is
 * said, and fails nothing: users of those packages see it without ours too.
 * @throws when the programs or our declarations do not compile
 */
function checkDeclarations(folder: string, args: readonly string[]): void {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { status, error, stdout } = spawnSync(tsc, ['--pretty', 'false', ...args], { cwd: folder, encoding: 'utf8' })
  if (error) throw error
  if (status === 0) return
  const errors = stdout.split('\n').filter((line) => line.includes(': error TS'))
  const foreign = errors.filter((line) => /^node_modules\/(?!tidemark\/)/.test(line))
  if (errors.length === 0 || foreign.length < errors.length) throw new Error(`tsc ended with ${status}: ${stdout}`)
  console.log(`Not ours, and taken as it is:\n${foreign.join('\n')}`)
}

/** Runs the README's example, the commands and every entry of the installed package. */
async function testPrograms(folder: string, packed: string): Promise<void> {
  const { name, exports } = packageJson()
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', packed, wanted('zod'))
  writeFileSync(join(folder, 'example.ts'), exampleOfReadme())
  const output = run(folder, process.execPath, 'example.ts')
  if (output.trim() === '') throw new Error('The example printed nothing')
  console.log(output)
  // The commands are there, and find what they need.
  for (const command of Object.keys(packageJson().bin)) {
    const program = join(folder, 'node_modules/.bin', command)
    console.log(run(folder, program, 'setup', '--storage', 'file:./commands?ranges=2'))
    run(folder, program, 'backup', './copy', '--storage', 'file:./commands')
    console.log(run(folder, program, 'projections', 'list', '--json', '--storage', 'file:./copy'))
  }
  // What is optional is not there yet, and is told by its name.
  const cosmos = `cosmos-emulator://127.0.0.1:${await freePort()}`
  const program = join(folder, 'node_modules/.bin/tidemark')
  const refusal = (storage: string, told: string) => {
    const { status, stderr } = spawnSync(program, ['setup', '--storage', storage], { cwd: folder, encoding: 'utf8' })
    if (status !== 2 || !stderr.includes(told)) throw new Error(`${storage} should be refused: ${status}, ${stderr}`)
  }
  refusal(cosmos, 'npm install @azure/cosmos')
  refusal('mongodb://127.0.0.1/local', 'npm install mongodb')
  run(
    folder,
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    wanted('@opentelemetry/api'),
    wanted('@opentelemetry/exporter-prometheus'),
    wanted('@opentelemetry/sdk-metrics'),
    wanted('@aws-sdk/client-kms'),
    wanted('@azure/cosmos'),
    wanted('@azure/service-bus'),
    wanted('mongodb'),
    wanted('@aws-sdk/client-s3'),
    wanted('@nats-io/jetstream'),
    wanted('@nats-io/transport-node'),
    wanted('@redis/client'),
    wanted('rhea'),
  )
  // The emulator starts, and the stored procedures are found and registered.
  console.log(run(folder, program, 'setup', '--storage', cosmos, '--json'))
  // What MongoDB keeps for itself is refused before any server is asked.
  refusal('mongodb://127.0.0.1/local', "local is MongoDB's own")
  // Every entry can be loaded, and has declarations that the compiler takes.
  const entries = Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => name + path.slice(1))
  const imports = entries.map((entry, i) => `import * as entry${i} from '${entry}'`)
  const names = entries.map((_, i) => `entry${i}`).join(', ')
  writeFileSync(
    join(folder, 'entries.ts'),
    `${imports.join('\n')}\nconsole.log([${names}].map((e) => Object.keys(e).length))\n`,
  )
  console.log(run(folder, process.execPath, 'entries.ts'))
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024']
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  checkDeclarations(folder, [...options, ...types, 'example.ts', 'entries.ts'])
  console.log('The packed package works in an empty project')
}

const folder = mkdtempSync(join(tmpdir(), 'tidemark-package-'))
try {
  const packed = tarball(folder)
  const installed = { tarball: packed, packages: [wanted('zod'), wanted('@types/node')] }
  await checkTypes(installed, exampleOfReadme(), process.argv.includes('--update'))
  if (!process.argv.includes('--types')) await testPrograms(folder, packed)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
