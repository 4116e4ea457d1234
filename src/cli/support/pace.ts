import { Presets, SingleBar } from 'cli-progress'

/** Shows how far work on many events is, how fast it goes, and when it will be done; on the standard error. */
export type Pace = {
  /** @param phase what is being done; another one begins anew */
  update(phase: string, done: number, total: number): void
  stop(): void
}

const LINE_EVERY = 2000

/** A bar where a person looks at a terminal, else a plain line every two seconds. */
export const startPace = (): Pace => (process.stderr.isTTY ? startBar() : startLines())

function startBar(): Pace {
  let bar: SingleBar | undefined
  let current: string | undefined
  let began = 0
  const stop = () => bar?.stop()
  return {
    update(phase, done, total) {
      if (phase !== current) {
        stop()
        ;[current, began] = [phase, Date.now()]
        const format = '{phase} {bar} {percentage} % | {value}/{total} events | {rate}/s | {left} left'
        const options = { format, stream: process.stderr, gracefulExit: false, hideCursor: null, etaBuffer: 100 }
        bar = new SingleBar(options, Presets.shades_classic)
        bar.start(Math.max(1, total), 0, { phase, rate: 0, left: '-' })
      }
      const { rate, left } = paceOf(done, total, Date.now() - began)
      bar?.setTotal(Math.max(1, total))
      bar?.update(total === 0 ? 1 : done, { phase, rate: rate.toLocaleString('en'), left })
    },
    stop,
  }
}

function startLines(): Pace {
  let [current, began, last] = ['', 0, 0]
  return {
    update(phase, done, total) {
      const now = Date.now()
      if (phase !== current) [current, began, last] = [phase, now, now]
      if (now - last < LINE_EVERY) return
      last = now
      const { rate, left } = paceOf(done, total, now - began)
      const counts = `${done.toLocaleString('en')} of about ${total.toLocaleString('en')} events`
      process.stderr.write(`${phase}: ${counts}, ${rate.toLocaleString('en')}/s, ${left} left\n`)
    },
    stop() {},
  }
}

/** Events a second, and how long the rest takes at that pace. */
export function paceOf(done: number, total: number, elapsed: number): { readonly rate: number; readonly left: string } {
  const rate = elapsed > 0 ? (done * 1000) / elapsed : 0
  if (rate === 0) return { rate: 0, left: '-' }
  const seconds = Math.ceil((total - done) / rate)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const parts = [hours > 0 ? `${hours} h` : '', hours > 0 || minutes > 0 ? `${minutes} min` : '', `${seconds % 60} s`]
  return { rate: Math.round(rate), left: parts.filter((part) => part !== '').join(' ') }
}
