/** Milliseconds between checks. */
const LOOK = 200

/**
 * Calls `stop` when the npm that started this process is gone. npm passes signals on to its shell, and the shell exits
 * on SIGTERM without passing it on. A process that npm did not start may well outlive its parent.
 */
export function onNpmGone(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, LOOK)
  timer.unref()
}
