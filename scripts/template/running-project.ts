import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** A project that was started. */
export type RunningProject = {
  /** Where the API listens. */
  readonly url: string
  /** Waits until it has printed something. @throws Error with what it has printed, after a minute */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Ends it by SIGTERM. @throws Error unless it exits with 0, within half a minute */
  stop(): Promise<void>
}

/** Starts a project as its own `start` does, and waits until the API listens. @throws Error with what it has printed */
export async function startProject(folder: string, settings: NodeJS.ProcessEnv): Promise<RunningProject> {
  const env = { ...process.env, PORT: '0', ...settings }
  const child = spawn(process.execPath, ['src/start.ts'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))

  async function printed(pattern: RegExp): Promise<RegExpExecArray> {
    const end = performance.now() + 60_000
    for (;;) {
      const found = pattern.exec(output)
      if (found !== null) return found
      if (hasEnded(child) || performance.now() > end) {
        kill()
        throw new Error(`${folder} did not print ${pattern}:\n${output}`)
      }
      await sleep(50)
    }
  }

  const [, url = ''] = await printed(/The API is at (\S+)/)
  return {
    url,
    printed,
    async stop() {
      const tooLong = setTimeout(kill, 30_000)
      if (!hasEnded(child)) {
        child.kill('SIGTERM')
        await once(child, 'close')
      }
      clearTimeout(tooLong)
      process.off('exit', kill)
      if (child.exitCode === 0) return
      throw new Error(`${folder} ended with ${child.signalCode ?? child.exitCode}:\n${output}`)
    },
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
