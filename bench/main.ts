import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measures } from './measures/index.ts'
import type { Measure } from './support/measure.ts'
import type { BenchServer } from './support/mongo/server.ts'
import { EXTRAS, parseArguments, usage } from './support/runner/arguments.ts'
import { budgetOf, unlimited } from './support/runner/budget.ts'
import { findNeeds, type Needs } from './support/runner/needs.ts'
import { toFigures, toTable } from './support/runner/report.ts'
import { runMeasures } from './support/runner/run.ts'
import { makeWorkFolder, type WorkFolder } from './support/work-folder.ts'

const REPETITIONS = 7

// Milliseconds in which a quick run begins measures; the last of them may take some seconds more.
const QUICK = 140_000

async function main(): Promise<void> {
  const known = measures.map(({ id }) => id)
  const args = parseArguments(process.argv.slice(2), known)
  const { quick, asked, json } = args
  if (args.help) return console.log(usage(measures))

  const begun = performance.now()
  const work = makeWorkFolder(fileURLToPath(new URL('..', import.meta.url)))
  process.once('exit', () => work.remove())
  // Leaving through exit lets the folder be removed, and child processes end with their channels.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  if (!work.isDisk) warn(`${work.path} lies in memory: figures of durable appends say nothing here`)
  const chosen = measures.filter(({ id }) => args.chosen.includes(id))
  const means = { quick, asked, folder: work.path, progress: (text: string) => console.error(text) }
  const needs = await findNeeds(chosen, means)
  await using server = needs.server
  for (const lack of needs.lacking) warn(lack)
  console.log(`${describe(work, needs)}${quick ? ', --quick' : ''}\n`)

  const mongodb = async () => (server as BenchServer).uri()
  const budget = quick ? budgetOf(QUICK - (performance.now() - begun), needs.ready.length) : unlimited
  const { rows, broken, late } = await runMeasures(needs.ready, { quick, budget }, async (measure, until, run) => {
    const folder = join(work.path, measure.id)
    mkdirSync(folder)
    const progress = (text: string) => say(measure, begun, text)
    progress(`${needs.ready.indexOf(measure) + 1} of ${needs.ready.length}, ${measure.title}`)
    try {
      const emmett = (measure.emmett && needs.emmett.get(measure.emmett)) ?? null
      return await run({ quick, repetitions: REPETITIONS, until, folder, emmett, mongodb, progress })
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  console.log(toTable(rows))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(toFigures(rows), null, 2)}\n`)
  for (const lack of needs.lacking) warn(lack)
  if (late.length > 0) warn(`No time was left for ${late.map(({ id }) => id).join(', ')}: run them with --only`)
  const left = Object.keys(EXTRAS).filter((of) => known.some((id) => id.startsWith(of) && !args.chosen.includes(id)))
  if (left.length > 0 && chosen.length > 1) console.log(`\nOn request alone: --with ${left.join(',')}`)
  for (const { measure, error } of broken) {
    console.error(`\nThe measure ${measure.id} broke off:`, error)
    process.exitCode = 1
  }
}

const describe = (work: WorkFolder, { emmett }: Needs): string =>
  [
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite}, ${availableParallelism()} cores` +
      ` (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    `${work.fileSystem}, a flush of 4 KB takes ${work.flush.toFixed(2)} ms`,
    ...[...emmett].map(([name, { version }]) => `emmett-${name} ${version}`),
  ].join(', ')

const say = ({ id }: Measure, begun: number, text: string): void =>
  console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${id}: ${text}`)

const warn = (text: string): void => console.error(`\n*** ${text} ***\n`)

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
})
