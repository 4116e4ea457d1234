import { EXIT, lineOf } from './exit-codes.ts'

/**
 * Lets the process outlive the reader of its output, as in `tidemark … | head`: a closed pipe is not a failure, also for
 * the library that prints the help. Call it before anything is written. Any other failure to write to standard output,
 * such as a full disk, makes the exit code 1.
 */
export function surviveClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosedPipe(error)) return
    process.stderr.write(`${lineOf(new Error(`The output could not be written: ${error.message}`))}\n`)
    process.once('exit', () => {
      process.exitCode = EXIT.failed
    })
  })
  // There is no other place to report it.
  process.stderr.on('error', () => {})
}

/** Whether a write failed because the reader is gone. After the first such failure, Node may report another code. */
export const isClosedPipe = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
