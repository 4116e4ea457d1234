// Packs tidemark and create-tidemark, creates a project with every combination of options, and runs its checks, its
// tests and its start; with the options of the guide, also `npm install`. `npm run test:template`.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../bench/support/free-port.ts'
import { BUSES, STORAGES } from '../../create-tidemark/src/choices.ts'
import { tarball } from '../package/tarball.ts'
import { findNats } from './destinations.ts'
import { installCreate, installUnion, linkPackages, npm, usePacked } from './packages.ts'
import { tryProject } from './try-project.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'tidemark-template-'))

// All projects load the same packages: what one process has compiled, the next ones take from here.
process.env.NODE_COMPILE_CACHE ??= join(folder, 'cache')

const LIMITS = { timeout: 120_000, maxBuffer: 1e8, env: { ...process.env, NO_COLOR: '1' } }

const CONTRACT = 'acme.basket'
const GROUP = 'parcel-labels'

type Project = { readonly folder: string; readonly bus: string; readonly storage: string }

const nats = findNats()
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Creates a project as `npm create` does. */
async function scaffold(program: string, { folder, bus, storage }: Project): Promise<void> {
  const options = ['--uri', CONTRACT, '--group', GROUP, '--bus', bus, '--storage', storage, '--no-install']
  await run(process.execPath, [program, folder, ...options], LIMITS)
}

/** Tries a started project. @returns after how many milliseconds it responded */
async function start({ folder, bus, storage }: Project): Promise<number> {
  // On a port of its own, since several run at once.
  const cosmos = storage === 'cosmos' && { TIDEMARK_STORAGE: `cosmos-emulator://127.0.0.1:${await freePort()}/shop` }
  return tryProject({ folder, contract: CONTRACT, group: GROUP, bus, nats, settings: { ...cosmos } })
}

async function prove(project: Project): Promise<void> {
  const begun = performance.now()
  const { folder: cwd, storage, bus } = project
  const steps: readonly [string, () => Promise<unknown>][] = [
    ['check', () => run('npm', ['run', 'check'], { cwd, ...LIMITS })],
    ['test', () => run('npm', ['test'], { cwd, ...LIMITS })],
    ['start', () => start(project)],
  ]
  const times: string[] = []
  for (const [name, step] of steps) {
    const stepBegun = performance.now()
    await step().catch((cause) => {
      const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
      throw new Error(`--storage ${storage} --bus ${bus}: ${name} failed: ${cause.message}\n${stdout}${stderr}`)
    })
    times.push(`${name} ${seconds(stepBegun)}`)
  }
  console.log(`--storage ${storage} --bus ${bus}: ${times.join(', ')}, in all ${seconds(begun)}`)
}

/** From the command to a response of the API, with packages that npm has already: what a registry takes is its own. */
async function measure(program: string, packed: string): Promise<void> {
  const project = { folder: join(folder, 'measured'), bus: 'service-bus', storage: 'embedded' }
  const begun = performance.now()
  await scaffold(program, project)
  usePacked(project.folder, packed)
  const created = seconds(begun)
  const installing = performance.now()
  npm(project.folder, 'install', '--no-audit', '--no-fund', '--offline')
  const installed = seconds(installing)
  const starting = performance.now()
  const responded = await start(project)
  const all = (starting - begun + responded) / 1000
  const parts = `created in ${created}, packages from npm's cache in ${installed}, started in ${(responded / 1000).toFixed(1)} s`
  console.log(`From the command to a response: ${all.toFixed(1)} s (${parts})`)
}

try {
  const begun = performance.now()
  const packed = tarball(folder)
  const program = installCreate(join(folder, 'create'))
  const projects = STORAGES.flatMap((storage) =>
    BUSES.map((bus): Project => ({ folder: join(folder, `${storage}-${bus}`), storage, bus })),
  )
  for (const project of projects) {
    await scaffold(program, project)
    usePacked(project.folder, packed)
  }
  const union = join(folder, 'union')
  installUnion(
    union,
    projects.map((project) => project.folder),
  )
  for (const project of projects) linkPackages(project.folder, union)
  console.log(`${projects.length} projects, and packages for all of them: ${seconds(begun)}`)
  await measure(program, packed)
  const waiting = [...projects]
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await prove(next)
  }
  await Promise.all([lane(), lane()])
  console.log(`All of it: ${seconds(begun)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
