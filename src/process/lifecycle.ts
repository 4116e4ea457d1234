import { inspect } from 'node:util'
import { TidemarkError } from '../core/errors/base.ts'
import { visibleText } from './visible-text.ts'

/** Registers what is to be done when the process stops; the last registered is done first. */
export type Defer = (end: () => Promise<unknown>) => void

/** What a child tells its parent once it answers. */
export type ListeningMessage = { readonly type: 'listening'; readonly url: string }

/** Milliseconds that a stop may take. */
const STOP_DEADLINE = 10_000

/** Milliseconds that a start may take to end after the process was told to stop. */
const START_GRACE = 2_000

/**
 * Runs this process until SIGTERM, SIGINT or SIGHUP, or until its parent is gone, where it is a child; then stops it
 * in order, or ends it after 10 seconds. One that is told to stop while it starts is ended, too, whatever it waits for.
 * An error thrown on purpose while starting is told in one line, without a stack.
 *
 * @param start answers where the process answers, which its parent is told
 */
export async function runProcess(start: (defer: Defer) => Promise<string>): Promise<void> {
  const told = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => told.resolve())
  if (process.connected) process.on('disconnect', () => told.resolve())
  // Who reads the output may be gone before us, and then nobody is left to be told.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const ends: (() => Promise<unknown>)[] = []
  let isStarting = true
  let isStopping = false
  const starting = start((end) => {
    // What a start that goes on makes is undone at once.
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
    console.error(`It did not stop within ${STOP_DEADLINE / 1000} seconds and is ended`)
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
