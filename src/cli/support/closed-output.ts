import { EXIT, lineOf } from './exit-codes.ts'

/**
 * Lets the process outlive the reader of its output, as behind `| head`: whoever writes, be it a command or the library
 * that prints the help, a pipe that nobody reads is no failure. Call it before anything is written. A standard output
 * that fails otherwise, on a full disk, say, makes the exit code 1.
 */
export function surviveClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosedPipe(error)) return
    process.stderr.write(`${lineOf(new Error(`The output could not be written: ${error.message}`))}\n`)
    process.once('exit', () => {
      process.exitCode = EXIT.failed
    })
  })
  // Nobody is left to be told.
  process.stderr.on('error', () => {})
}

/** Whether a write failed because the reader is gone. After the first such failure, Node may name it otherwise. */
export const isClosedPipe = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
