import { setImmediate as turn } from 'node:timers/promises'

/** Runs work, and returns the unhandled rejections in the meantime: each of these would end a process. */
export async function unhandledDuring(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    await work()
    // Node reports them after the microtasks of a turn.
    for (let i = 0; i < 3; i++) await turn()
  } finally {
    process.off('unhandledRejection', note)
  }
  return unhandled
}
