import { CommanderError } from 'commander'
import { closeLoaded } from '../open/definitions/load-projections.ts'
import { tidemark } from './program.ts'
import { surviveClosedOutput } from './support/closed-output.ts'
import { exitCodeOf, lineOf } from './support/exit-codes.ts'

/** Runs the command that the arguments of this process name, and sets the exit code. */
export async function run(): Promise<void> {
  surviveClosedOutput()
  try {
    await tidemark().parseAsync()
  } catch (error) {
    // Commander has said what is wrong, or has shown the help.
    if (!(error instanceof CommanderError)) process.stderr.write(`${lineOf(error)}\n`)
    process.exitCode = exitCodeOf(error)
  } finally {
    await closeLoaded()
  }
}
