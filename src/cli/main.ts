#!/usr/bin/env node
import { CommanderError } from 'commander'
import { tidemark } from './program.ts'
import { exitCodeOf, lineOf } from './support/exit-codes.ts'

try {
  await tidemark().parseAsync()
} catch (error) {
  // Commander has said what is wrong, or has shown the help.
  if (!(error instanceof CommanderError)) process.stderr.write(`${lineOf(error)}\n`)
  process.exitCode = exitCodeOf(error)
}
