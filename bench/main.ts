import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measures } from './measures/index.ts'
import type { Measure } from './support/measure.ts'
import type { BenchServer } from './support/mongo/server.ts'
import { parseArguments, usage } from './support/runner/arguments.ts'
import { findNeeds } from './support/runner/needs.ts'
import { toFigures, toTable } from './support/runner/report.ts'
import { runMeasures } from './support/runner/run.ts'
import { makeWorkFolder } from './support/work-folder.ts'

const REPETITIONS = 7

async function main(): Promise<void> {
  const known = measures.map(({ id }) => id)
  const args = parseArguments(process.argv.slice(2), known)
  if (args.help) return console.log(usage(measures))

  const work = makeWorkFolder(fileURLToPath(new URL('..', import.meta.url)))
  process.once('exit', () => work.remove())
  // Leaving through exit lets the folder be removed; a second signal is not waited for.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  if (!work.isDisk) warn(`${work.path} lies in memory: figures of durable appends say nothing here`)
  const chosen = measures.filter(({ id }) => args.only?.includes(id) ?? true)
  const needs = await findNeeds(chosen, work.path, (text) => console.error(text))
  await using server = needs.server
  for (const lack of needs.lacking) warn(lack)
  console.log(
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite}, ${availableParallelism()} cores` +
      ` (${cpus()[0]?.model.trim() ?? 'unknown'}), ${work.fileSystem}, a flush of 4 KB takes ${work.flush.toFixed(2)} ms` +
      `${[...needs.emmett].map(([name, { version }]) => `, emmett-${name} ${version}`).join('')}${args.quick ? ', --quick' : ''}\n`,
  )

  const mongodb = async () => (server as BenchServer).uri()
  const begun = performance.now()
  const { rows, broken } = await runMeasures(needs.ready, async (measure, run) => {
    const folder = join(work.path, measure.id)
    mkdirSync(folder)
    const progress = (text: string) => say(measure, begun, text)
    progress(measure.title)
    try {
      const emmett = (measure.emmett && needs.emmett.get(measure.emmett)) ?? null
      return await run({ quick: args.quick, repetitions: REPETITIONS, folder, emmett, mongodb, progress })
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  console.log(toTable(rows))
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(toFigures(rows), null, 2)}\n`)
  for (const lack of needs.lacking) warn(lack)
  if (needs.ready.length < chosen.length) process.exitCode = 1
  for (const { measure, error } of broken) {
    console.error(`\nThe measure ${measure.id} broke off:`, error)
    process.exitCode = 1
  }
}

const say = ({ id }: Measure, begun: number, text: string): void =>
  console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${id}: ${text}`)

const warn = (text: string): void => console.error(`\n*** ${text} ***\n`)

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
})
