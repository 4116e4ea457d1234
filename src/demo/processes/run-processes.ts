import { onNpmGone } from '../../process/stop-with-parent.ts'
import { type Child, startChild } from './child.ts'

/** The processes of a demo. */
export type Processes = {
  /**
   * Starts one process.
   *
   * @param onEnd called when it has ended, also when all are stopped
   * @param options.outlives whether the others need it until they have stopped; default false
   * @returns where it listens; undefined if it, or the demo, ends before
   */
  start(
    script: URL,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    onEnd: (how: string) => void,
    options?: { readonly outlives?: boolean },
  ): Promise<string | undefined>
  /** Stops all. @param fault what the reader of the output should know */
  stop(fault: string): void
  /** Whether they are being stopped. */
  isStopping(): boolean
  /** Resolves when they are to be stopped. */
  readonly told: Promise<unknown>
}

/**
 * Runs processes until a signal comes, or one of them makes the demo stop; then stops all. A second signal does not wait
 * for them.
 *
 * @param begin starts them
 * @returns the exit code
 */
export async function runProcesses(begin: (processes: Processes) => Promise<void>): Promise<number> {
  const children: Child[] = []
  const outliving = new Set<Child>()
  const told = Promise.withResolvers<string | undefined>()
  let signals = 0
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      told.resolve(undefined)
      if (++signals > 1) for (const child of children) child.kill()
    })
  }
  onNpmGone(() => told.resolve(undefined))

  await begin({
    start(script, args, environment, onEnd, { outlives = false } = {}) {
      const child = startChild(script, args, environment, { detached: outlives })
      children.push(child)
      if (outlives) outliving.add(child)
      void child.ended.then(onEnd)
      return Promise.race([child.listening, Promise.race([child.ended, told.promise]).then(() => undefined)])
    },
    stop: (fault) => told.resolve(fault),
    isStopping: () => stopping,
    told: told.promise,
  })
  const fault = await told.promise
  stopping = true
  if (fault !== undefined) console.error(`${fault}. The demo stops.`)
  await Promise.all(children.filter((child) => !outliving.has(child)).map((child) => child.stop()))
  await Promise.all([...outliving].map((child) => child.stop()))
  return fault === undefined ? 0 : 1
}
