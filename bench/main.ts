import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measures } from './measures/index.ts'
import { parseArguments, usage } from './support/arguments.ts'
import { type EmmettPeer, installEmmett } from './support/install-emmett.ts'
import type { Measure } from './support/measure.ts'
import { toFigures, toTable } from './support/report.ts'
import { runMeasures } from './support/run.ts'
import { makeWorkFolder } from './support/work-folder.ts'

const REPETITIONS = 7

async function main(): Promise<void> {
  const known = measures.map(({ id }) => id)
  const args = parseArguments(process.argv.slice(2), known)
  if (args.help) return console.log(usage(measures))

  const emmett = await emmettOrNull()
  const work = makeWorkFolder(fileURLToPath(new URL('..', import.meta.url)))
  process.once('exit', () => work.remove())
  // Leaving through exit lets the folder be removed; a second signal is not waited for.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  if (!work.isDisk) warn(`${work.path} lies in memory: figures of durable appends say nothing here`)
  console.log(
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite}, ${availableParallelism()} cores` +
      ` (${cpus()[0]?.model.trim() ?? 'unknown'}), ${work.fileSystem}, a flush of 4 KB takes ${work.flush.toFixed(2)} ms` +
      `${emmett ? `, emmett-sqlite ${emmett.version}` : ''}${args.quick ? ', --quick' : ''}\n`,
  )

  const begun = performance.now()
  const chosen = measures.filter(({ id }) => args.only?.includes(id) ?? true)
  const { rows, broken } = await runMeasures(chosen, async (measure, run) => {
    const folder = join(work.path, measure.id)
    mkdirSync(folder)
    const progress = (text: string) => say(measure, begun, text)
    progress(measure.title)
    try {
      return await run({ quick: args.quick, repetitions: REPETITIONS, folder, emmett, progress })
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  console.log(toTable(rows))
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(toFigures(rows), null, 2)}\n`)
  if (emmett === null) warn('emmett-sqlite could not be installed: nothing was compared with it')
  for (const { measure, error } of broken) {
    console.error(`\nThe measure ${measure.id} broke off:`, error)
    process.exitCode = 1
  }
}

async function emmettOrNull(): Promise<EmmettPeer | null> {
  try {
    return await installEmmett((text) => console.error(text))
  } catch (error) {
    warn(`emmett-sqlite could not be installed, so the other figures come without it. ${error}`)
    return null
  }
}

const say = ({ id }: Measure, begun: number, text: string): void =>
  console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${id}: ${text}`)

const warn = (text: string): void => console.error(`\n*** ${text} ***\n`)

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
})
