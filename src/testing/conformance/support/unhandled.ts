import { setImmediate as turn } from 'node:timers/promises'

/** Does work, and returns what was rejected meanwhile without a handler: each of these would end a process. */
export async function unhandledDuring(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    await work()
    // Node tells of them after the microtasks of a turn.
    for (let i = 0; i < 3; i++) await turn()
  } finally {
    process.off('unhandledRejection', note)
  }
  return unhandled
}
