import { resolve } from 'node:path'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import { NotParked, ViewContended } from '../../core/errors/view.ts'
import { loadProjections } from '../../open/definitions/load-projections.ts'
import { type ParkedSequences, parkedSequences, type Replayed } from '../../processor/replay/parked-sequences.ts'
import { listVersions, type VersionSummary } from '../../processor/versions/listing/list-versions.ts'
import type { Projection } from '../../projections/projection.ts'
import { count } from '../support/count.ts'
import { EXIT, lineOf } from '../support/exit-codes.ts'
import { jsonLine } from '../support/output.ts'
import { startProgress } from '../support/progress.ts'
import type { Session } from '../support/session.ts'
import { nameOnly } from './which.ts'
import { outcomeOf } from './write-replayed.ts'

type Options = { readonly projections?: string; readonly dryRun?: boolean }

/**
 * What became of one sequence: `skipped` has no code to replay it with, `gone` was replayed by another process
 * meanwhile, and `unavailable` met an outage of what its reaction calls.
 */
type Outcome = 'resumed' | 'parked' | 'skipped' | 'gone' | 'contended' | 'unavailable'

// Keys that are read at once: memory does not grow with the number of parked sequences.
const PAGE = 100

/**
 * Replays every parked sequence of a projection, or of all, one after another, and writes a line for each. What fails
 * again is reported and left parked. Where the destination of a reaction is unavailable, its other sequences are left.
 *
 * @throws InvalidConfiguration, UnknownVersion, and those of the storage, which end it; it can be run again
 */
export async function replayAll(
  session: Session,
  name: string | undefined,
  { projections: folder, dryRun = false }: Options,
): Promise<void> {
  const { storage, signal, json, out } = session
  if (folder === undefined) {
    throw new InvalidConfiguration(
      '--projections',
      'required, because a replay applies events with the code of the projections',
    )
  }
  const code = await loadProjections(resolve(folder), storage)
  const versions = (await listVersions(storage, name)).filter(({ parked }) => parked > 0)
  const total = versions.reduce((sum, { parked }) => sum + parked, 0)
  // Where the lines show how far it is, a bar would only overwrite them.
  const progress = out.isTerminal ? undefined : startProgress(total)
  const counts: Record<Outcome, number> = { resumed: 0, parked: 0, skipped: 0, gone: 0, contended: 0, unavailable: 0 }
  let done = 0

  async function report(version: VersionSummary, key: string, outcome: Outcome, text: string, replayed?: Replayed) {
    counts[outcome]++
    done++
    progress?.update(done, `${count(done, 'sequence')} of ${total.toLocaleString('en')}`)
    const { projection, version: number } = version
    if (json) return out.line(jsonLine({ projection, version: number, key, dryRun, outcome, ...replayed }))
    await out.line(`${projection} ${key}: ${text}`)
  }

  /** @returns whether to continue with other sequences of the version */
  async function replay(version: VersionSummary, sequences: ParkedSequences, key: string): Promise<boolean> {
    try {
      const replayed = await sequences.replay(key, { dryRun })
      const text = outcomeOf(replayed, dryRun)
      await report(version, key, replayed.unparked ? 'resumed' : 'parked', text, replayed)
    } catch (error) {
      if (error instanceof NotParked) await report(version, key, 'gone', 'not parked any more')
      else if (error instanceof ViewContended) await report(version, key, 'contended', `still parked: ${lineOf(error)}`)
      else if (error instanceof DestinationUnavailable) {
        await report(version, key, 'unavailable', `still parked, with its attempts as before: ${lineOf(error)}`)
        return false
      } else throw error
    }
    return true
  }

  try {
    for (const version of versions) {
      const projection = codeOf(code, version)
      const sequences = parkedSequences(
        storage,
        projection ?? (await nameOnly(storage, version.projection, version.version)),
      )
      const missing = `skipped: ${folder} does not hold version ${version.version} of ${version.projection}`
      for await (const key of keysOf(sequences)) {
        if (signal.aborted) return
        if (projection === undefined) await report(version, key, 'skipped', missing)
        else if (!(await replay(version, sequences, key))) break
      }
    }
  } finally {
    progress?.stop()
  }
  const untried = counts.unavailable > 0 ? Math.max(0, total - done) : 0
  const left = counts.parked + counts.skipped + counts.contended + counts.unavailable + untried
  if (left > 0) session.endWith(EXIT.refused)
  if (json) return
  const resumed = `${count(counts.resumed, 'sequence')} ${dryRun ? 'would resume' : 'resumed'}`
  await out.line(done === 0 ? 'Nothing is parked' : `${resumed}, ${left.toLocaleString('en')} still parked`)
}

const codeOf = (code: readonly Projection[], { projection, version }: VersionSummary): Projection | undefined =>
  code.find((one) => one.name === projection && one.version === version)

async function* keysOf(sequences: ParkedSequences): AsyncIterable<string> {
  for (let after: string | undefined; ; ) {
    const page = await sequences.list({ limit: PAGE, ...(after !== undefined && { after }) })
    for (const { key } of page.items) yield key
    after = page.next
    if (after === undefined) return
  }
}
