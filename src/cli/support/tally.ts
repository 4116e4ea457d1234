/** Shows on the standard error how many there have been of something whose total is unknown. */
export type Tally = {
  readonly update: (done: number) => void
  readonly stop: () => void
}

const EVERY = 2000
const EVERY_ON_TERMINAL = 100
const CLEAR_LINE = '\r\u001b[2K'

/**
 * Begins a tally: a line that changes on a terminal, else a line every two seconds.
 *
 * @param what what is counted, in the plural
 */
export function startTally(what: string, stream: NodeJS.WriteStream = process.stderr): Tally {
  const isTerminal = stream.isTTY === true
  let last = Date.now()
  let isShown = false
  return {
    update(done) {
      const now = Date.now()
      if (now - last < (isTerminal ? EVERY_ON_TERMINAL : EVERY)) return
      last = now
      isShown = true
      const text = `${done.toLocaleString('en')} ${what}`
      stream.write(isTerminal ? CLEAR_LINE + text : `${text}\n`)
    },
    stop() {
      if (isTerminal && isShown) stream.write(CLEAR_LINE)
    },
  }
}
