import { inspect } from 'node:util'
import { TidemarkError } from '../core/errors/base.ts'
import { visibleText } from './visible-text.ts'

/** Registers a clean-up for when the process stops; the last one registered runs first. */
export type Defer = (end: () => Promise<unknown>) => void

/** The message of a child to its parent once it responds. */
export type ListeningMessage = { readonly type: 'listening'; readonly url: string }

/** The time limit of a stop, in milliseconds. */
const STOP_DEADLINE = 10_000

/** How long a start may still run after the process was told to stop, in milliseconds. */
const START_GRACE = 2_000

/**
 * Runs this process until SIGTERM, SIGINT or SIGHUP or, if it is a child, until its parent is gone; then stops it in
 * order, or exits after 10 seconds. A process that is told to stop during startup also exits, whatever it waits for. An
 * error thrown on purpose during startup is reported in one line, without a stack.
 *
 * @param start returns where the process can be reached, which is sent to its parent
 */
export async function runProcess(start: (defer: Defer) => Promise<string>): Promise<void> {
  const told = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => told.resolve())
  if (process.connected) process.on('disconnect', () => told.resolve())
  // The reader of the output may end before this process, and then the report is lost.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const ends: (() => Promise<unknown>)[] = []
  let isStarting = true
  let isStopping = false
  const starting = start((end) => {
    // Whatever a late start creates is cleaned up at once.
    if (isStopping) end().catch(tell)
    else ends.push(end)
  }).finally(() => {
    isStarting = false
  })
  try {
    const url = await Promise.race([starting, told.promise])
    if (url !== undefined) {
      process.send?.({ type: 'listening', url } satisfies ListeningMessage)
      await told.promise
    }
  } catch (error) {
    tell(error)
  }
  isStopping = true
  setTimeout(() => {
    console.error(`Shutdown took longer than ${STOP_DEADLINE / 1000} s; exiting`)
    process.exit(1)
  }, STOP_DEADLINE).unref()
  for (const end of ends.reverse()) await end().catch(tell)
  if (isStarting) {
    const grace = new Promise((resolve) => setTimeout(resolve, START_GRACE))
    await Promise.race([starting.catch(() => {}), grace])
    if (isStarting) process.exit()
  }
  // The channel to a parent would keep the process alive.
  if (process.connected) process.disconnect()
}

function tell(error: unknown): void {
  const text = error instanceof TidemarkError ? `${error.code}: ${error.message}` : inspect(error)
  console.error(text.split('\n').map(visibleText).join('\n'))
  process.exitCode = 1
}
