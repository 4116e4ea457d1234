import { MultiBar, Presets } from 'cli-progress'

/** Shows the progress of an import. */
export type Progress = {
  /** Prints a message, without spoiling the progress display. */
  say(message: string): void
  stop(): void
}

/** The figures to show. */
export type ProgressOptions = {
  /** Bytes of the file. */
  readonly total: number
  /** Bytes that were read. */
  readonly read: () => number
  /** Days that are done. */
  readonly days: () => number
}

const BAR_EVERY = 100
const LINE_EVERY = 2000

/** A progress bar on stderr where that is a terminal, else a plain line on stdout every two seconds. */
export const startProgress = (options: ProgressOptions): Progress =>
  process.stderr.isTTY ? startBar(options) : startLines(options)

function startBar({ total, read, days }: ProgressOptions): Progress {
  const format = '{bar} {percentage} % | {days} days | {duration_formatted}'
  const bars = new MultiBar(
    { format, stream: process.stderr, gracefulExit: false, clearOnComplete: false },
    Presets.shades_classic,
  )
  const bar = bars.create(Math.max(total, 1), 0, { days: 0 })
  const update = () => bar.update(total === 0 ? 1 : read(), { days: days() })
  const timer = setInterval(update, BAR_EVERY)
  return {
    say: (message) => bars.log(`${message}\n`),
    stop() {
      clearInterval(timer)
      update()
      // Stopping alone would drop what was printed since the last frame.
      bars.update()
      bars.stop()
    },
  }
}

function startLines({ total, read, days }: ProgressOptions): Progress {
  const timer = setInterval(() => {
    const percent = total === 0 ? 100 : Math.floor((read() / total) * 100)
    process.stdout.write(`${percent} %, ${days().toLocaleString('en')} days\n`)
  }, LINE_EVERY)
  return {
    say: (message) => process.stderr.write(`${message}\n`),
    stop: () => clearInterval(timer),
  }
}
