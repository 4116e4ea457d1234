#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { nodeComplaint } from '../../src/core/node-version.ts'
import { create } from './create.ts'
import { Cancelled } from './questions.ts'
import { UsageError } from './usage-error.ts'

const complaint = nodeComplaint()
if (complaint === undefined) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { argv, env: environment, stdin: input, stdout: output } = process
  // A pipe that is closed early takes nothing from the project.
  output.on('error', () => {})
  try {
    process.exitCode = await create({ args: argv.slice(2), cwd: process.cwd(), environment, input, output, version })
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : error instanceof Cancelled ? 130 : 1
    // What prevents files from being written says itself which file it is.
    console.error(`create-tidemark: ${(error as Error).message}`)
    if (error instanceof UsageError) console.error('--help lists the options')
  }
} else {
  console.error(complaint)
  process.exitCode = 1
}
