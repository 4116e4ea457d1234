import type { Processes } from './run-processes.ts'

/** A process that is kept running. */
export type Kept = {
  /** For people. */
  readonly name: string
  readonly script: URL
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** The variable with its port, which it keeps. */
  readonly portSetting: string
  /** Whether the others need it until they have stopped; default false. */
  readonly outlives?: boolean
}

/**
 * Starts a process, and starts it again whenever it is killed. If it ends by itself, all are stopped.
 *
 * @returns where it listens; undefined if the demo ends before
 */
export function keepRunning(processes: Processes, kept: Kept): Promise<string | undefined> {
  const { name, script, args, portSetting, outlives = false } = kept
  const first = Promise.withResolvers<string>()
  let { environment } = kept

  function onEnd(how: string): void {
    if (processes.isStopping()) return
    if (how.startsWith('SIG')) {
      console.error(`${name} ended: ${how}. It is started again.`)
      void start()
    } else {
      processes.stop(`${name} ended: ${how}`)
    }
  }

  async function start(): Promise<void> {
    const url = await processes.start(script, args, environment, onEnd, { outlives })
    if (url === undefined) return
    environment = { ...environment, [portSetting]: PORT.exec(url)?.[1] }
    first.resolve(url)
  }

  void start()
  return Promise.race([first.promise, processes.told.then(() => undefined)])
}

// Of a URL, or of a connection string.
const PORT = /:(\d+)(?:;|\/?$)/
