#!/usr/bin/env node
import { nodeComplaint } from '../core/node-version.ts'
import { hideExperimentalWarnings } from './support/experimental-warnings.ts'

// Checked before anything else is loaded: an old Node could not load it.
const complaint = nodeComplaint()
if (complaint === undefined) {
  hideExperimentalWarnings()
  const { run } = await import('./run.ts')
  await run()
} else {
  process.stderr.write(`UnsupportedNode: ${complaint}\n`)
  process.exitCode = 2
}
