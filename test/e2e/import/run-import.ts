import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const ROOT = join(import.meta.dirname, '../../..')
// Tests may be run by npm, but it is not npm that starts the importer here.
const { TIDEMARK_STORAGE: _, npm_lifecycle_event: __, ...environment } = process.env

/** What the command did. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** The importer at work. */
export type Import = { readonly process: ChildProcess; readonly ended: Promise<Ran> }

/** Starts the importer as `npm run import` does, as a process of its own. */
export function startImport(args: readonly string[], env: Readonly<Record<string, string>> = {}): Import {
  const child = spawn(
    process.execPath,
    ['--import', './scripts/require-node.mjs', 'src/demo/import/main.ts', ...args],
    {
      cwd: ROOT,
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const code = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => ({
    code,
    stdout,
    stderr,
  }))
  return { process: child, ended }
}

/** Runs the importer to its end. */
export const runImport = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran> =>
  startImport(args, env).ended
