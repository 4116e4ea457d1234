import { Presets, SingleBar } from 'cli-progress'

/** Shows how far something is, on the standard error, where a person looks at it. */
export type Progress = {
  /** @param note what is said besides the bar */
  update(done: number, note?: string): void
  stop(): void
}

const NOTHING: Progress = { update: () => {}, stop: () => {} }

/**
 * A bar on a terminal, else nothing: a log is no place for it.
 *
 * @param total what `done` comes to in the end
 */
export function startProgress(total: number): Progress {
  if (process.stderr.isTTY !== true) return NOTHING
  const bar = new SingleBar(
    { format: '{bar} {percentage} % | {note}', stream: process.stderr, gracefulExit: false, clearOnComplete: true },
    Presets.shades_classic,
  )
  bar.start(Math.max(1, total), 0, { note: '' })
  return {
    update: (done, note = '') => bar.update(total === 0 ? 1 : done, { note }),
    stop: () => bar.stop(),
  }
}
