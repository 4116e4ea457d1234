import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const SCENE = fileURLToPath(new URL('.', import.meta.url))

/** What operators and viewers sign in with. */
export const TOKENS = { operator: 'operator-for-pictures', viewer: 'viewer-for-pictures-only' }

/** Workers with a lease of a second, whose release cannot handle all events, and dashboards that have the next one. */
export function startProcesses(storage: string) {
  const children = new Set<ChildProcess>()

  function start(args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(process.execPath, [CLI, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        TIDEMARK_STORAGE: storage,
        ...environment,
      },
    })
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }

  return {
    worker: () =>
      start(['worker', '--projections', join(SCENE, 'projections'), '--port', '0', '--log-level', 'silent'], {
        LEASE_DURATION: '1000',
        STALLED_AFTER: '2000',
      }),
    /** @returns the process and its address, which ends with a slash */
    async dashboard(port = 0): Promise<{ readonly child: ChildProcess; readonly url: string }> {
      const code = ['--projections', join(SCENE, 'fixed'), '--aggregates', join(SCENE, 'meter.ts')]
      const child = start(['dashboard', ...code, '--port', String(port), '--label', 'DEMO'], {
        DASHBOARD_TOKEN: TOKENS.operator,
        DASHBOARD_VIEWER_TOKEN: TOKENS.viewer,
      })
      let text = ''
      for await (const chunk of child.stdout ?? []) {
        text += chunk
        const [, url] = /^dashboard\s+(\S+)\n/m.exec(text) ?? []
        if (url !== undefined) return { child, url }
      }
      throw new Error(`The dashboard ended before it said where it is: ${text}`)
    },
    async killAll(): Promise<void> {
      await Promise.all([...children].map(kill))
    },
  }
}

/** Kills a process, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
