import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import { listVersions, type VersionSummary } from '../../processor/versions/list-versions.ts'
import { createEstimate, type Estimate } from '../../processor/versions/time-left.ts'
import type { RangeProgress } from '../../processor/versions/version-progress.ts'
import { EXIT } from '../support/exit-codes.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'
import { roles } from './roles.ts'

type Options = CommonOptions & { readonly watch?: boolean }

type Row = RangeProgress & { readonly one: VersionSummary; readonly role: string; readonly state: string }

const EVERY = 1_000

const help = `
A range is unowned when no worker has it, parked when the version has parked sequences, behind, or idle.
How long it takes is estimated from what really became less in the last seconds, new events included.
Ends with ${EXIT.attention} when a range of an active version is unowned, or something is parked.`

/** `tidemark projections status`: how each version is on each range. */
export const addProjectionsStatus = (group: Command): Command =>
  storageOptions(group.command('status'))
    .description('Shows how far each version is on each feed range, and when it arrives.')
    .argument('[projection]', 'only of this projection')
    .option('--watch', 'look every second, until every version has arrived')
    .addHelpText('after', help)
    .action((projection: string | undefined, { watch = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const { storage, signal } = session
        const estimates = new Map<string, ReturnType<typeof createEstimate>>()
        const look = async () => {
          const versions = await listVersions(storage, projection)
          return versions.map((one) => {
            const id = `${one.projection}:${one.version}`
            const estimate = estimates.get(id) ?? createEstimate()
            estimates.set(id, estimate)
            return { ...one, ...estimate(Date.now(), one.behind) }
          })
        }
        let versions = await look()
        // A rate takes two looks.
        for (let first = true; !signal.aborted && versions.some(({ behind }) => behind > 0); first = false) {
          if (!first && !watch) break
          if (!first) await show(session, versions)
          await systemClock.sleep(EVERY, signal)
          versions = await look()
        }
        await show(session, versions)
        if (needsAttention(versions)) session.endWith(EXIT.attention)
      }),
    )

type Looked = VersionSummary & Estimate

async function show({ json, rows, out }: Session, versions: readonly Looked[]): Promise<void> {
  const roleOf = roles(versions)
  if (json)
    return rows(
      versions.map((one) => ({ ...one, role: roleOf(one) })),
      {},
    )
  const ranges = versions.flatMap((one) =>
    one.ranges.map((range): Row => ({ ...range, one, role: roleOf(one), state: stateOf(one, range) })),
  )
  await rows(ranges, {
    projection: ({ one }) => one.projection,
    version: ({ one }) => one.version,
    role: ({ role }) => role,
    range: ({ range }) => `${range.min || '0'}-${range.max}`,
    state: ({ state }) => state,
    owner: ({ owner }) => owner,
    position: ({ position }) => position,
    behind: ({ behind }) => behind,
    oldest: ({ oldest }) => oldest,
  })
  for (const one of versions) {
    if (one.behind > 0) await out.line(`${one.projection} ${one.version}: ${one.behind} events behind, ${arrival(one)}`)
    if (one.parked > 0) await out.line(`${one.projection} ${one.version}: ${one.parked} sequences are parked`)
  }
}

const isOwned = ({ owner, expiresAt }: RangeProgress): boolean => owner !== null && expiresAt > Date.now()

function stateOf({ parked }: VersionSummary, range: RangeProgress): string {
  if (!isOwned(range)) return 'unowned'
  if (parked > 0) return 'parked'
  return range.behind > 0 ? 'behind' : 'idle'
}

const needsAttention = (versions: readonly VersionSummary[]): boolean =>
  versions.some(({ active, parked, ranges }) => parked > 0 || (active && !ranges.every(isOwned)))

function arrival({ rate, left }: Estimate): string {
  if (left === null) return rate < 0 ? 'and more come than are folded' : 'and it does not come nearer'
  return `${Math.round(rate).toLocaleString('en')} fewer a second, about ${Math.ceil(left / 1000)} s left`
}
