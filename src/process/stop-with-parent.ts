/** Milliseconds between looks. */
const LOOK = 200

/**
 * Calls `stop` when the npm that started this process is gone. npm hands signals on to its shell, and the shell ends of
 * SIGTERM without handing it on to us. A process that npm did not start may well outlive who did.
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
