// What a newcomer does in the first hour, against the packed package in an empty project: on the oldest Node that
// Tidemark supports, and on this one. `npm run test:first-hour`, or with releases or programs of Node as arguments.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OLDEST_NODE } from '../../src/core/node-version.ts'
import { tarball } from '../package/tarball.ts'
import { findNode } from './find-node.ts'
import { createProject, type Project } from './project.ts'
import { readme, tutorial } from './steps/documentation.ts'
import { commonJs, tools } from './steps/module-systems.ts'
import { newVersion } from './steps/new-version.ts'
import { ownAggregate } from './steps/own-aggregate.ts'
import { parkedEvent } from './steps/parked-event.ts'
import { workers } from './steps/workers.ts'

type Step = readonly [what: string, step: (project: Project) => void | Promise<void>]

const STEPS: readonly Step[] = [
  ["the README's example", readme],
  ['the tutorial', tutorial],
  ['an aggregate, tested and used', ownAggregate],
  ['two workers, of which one is killed', workers],
  ['a parked event, a fix, a replay', parkedEvent],
  ['a new version of a projection', newVersion],
  ['require() from CommonJS', commonJs],
]

const TOOLS: Step = ['tsx, Vitest and a bundler', tools]

const asked = process.argv.slice(2)
const versions = asked.length > 0 ? asked : [OLDEST_NODE, process.versions.node]
const folder = mkdtempSync(join(tmpdir(), 'tidemark-first-hour-'))
try {
  const packed = tarball(folder)
  for (const [i, version] of versions.entries()) {
    const node = findNode(version, join(folder, `node-${i}`))
    await using project = createProject(join(folder, `project-${i}`), node, [packed, 'zod@4'])
    // Tools do not differ between releases of Node: the last one is enough.
    const steps = i === versions.length - 1 ? [...STEPS, TOOLS] : STEPS
    for (const [what, step] of steps) {
      const begun = performance.now()
      await step(project)
      console.log(`Node ${version}: ${what}, ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
