import type { Command } from 'commander'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import type { DocumentSeals } from '../../../core/port/document-seals.ts'
import type { SealedExisting } from '../../../integrity/index.ts'
import type { Storage } from '../../../views/with-views.ts'
import { derivedFrom } from '../../log/derived-from.ts'
import { activeOr, versionOption } from '../../parked/which.ts'
import { isConfirmed } from '../../support/confirm.ts'
import { count } from '../../support/count.ts'
import { EXIT } from '../../support/exit-codes.ts'
import { explain } from '../../support/help.ts'
import { storageOptions } from '../../support/options.ts'
import { type CommonOptions, type Session, withStorage } from '../../support/session.ts'
import { startTally } from '../../support/tally.ts'

type Options = CommonOptions & { readonly version?: number; readonly evenWrong?: boolean; readonly yes?: boolean }

/** A version of a projection, and the result of sealing its views. */
type SealedVersion = SealedExisting & { readonly projection: string; readonly version: number }

const notes = `
It takes the views as they are: a change from before is only found by building them again. Views whose seal is wrong are
named, and left alone. It may be interrupted, repeated, and run while workers run that have the key.
After a rotation of the key (SEAL_KEY=./new.seal-key,./old.seal-key) it replaces the seals of the old one.`

/** `tidemark chain seal-views`: seals the views that were saved before there was a key. */
export const addChainSealViews = (group: Command): Command =>
  explain(
    versionOption(storageOptions(group.command('seal-views'))),
    ['chain seal-views', 'chain seal-views meter-overview --version 2'],
    notes,
  )
    .description('Seals the views that have no seal, or one of an earlier key.')
    .argument('[projection]', 'the projection (default: all versions of all projections)')
    .option('--even-wrong', 'seal views whose seal is wrong, too, whatever the database contains; asks first')
    .option('--yes', 'do not ask for confirmation')
    .action((name: string | undefined, { version, evenWrong = false, yes = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const { seals } = session.storage
        if (seals === undefined) {
          throw new InvalidConfiguration('SEAL_KEY', 'names no key for seals; tidemark chain seal-key creates one')
        }
        if (name === undefined && version !== undefined) {
          throw new InvalidConfiguration('--version', 'needs the name of a projection')
        }
        const question = 'Accept views that were changed in the database?'
        if (evenWrong && !(await isConfirmed(session, yes, question))) return
        const which = await versionsOf(session.storage, name, version)
        await report(
          session,
          await sealAll({ ...session.storage, seals }, which, { evenWrong, signal: session.signal }),
        )
      }),
    )

type Which = Pick<SealedVersion, 'projection' | 'version'>

async function versionsOf(storage: Storage, name: string | undefined, version: number | undefined): Promise<Which[]> {
  if (name !== undefined) return [{ projection: name, version: await activeOr(storage, name, version) }]
  return [...(await derivedFrom(storage)).projections]
}

async function sealAll(
  storage: Storage & { readonly seals: DocumentSeals },
  which: readonly Which[],
  options: { readonly evenWrong: boolean; readonly signal: AbortSignal },
): Promise<SealedVersion[]> {
  const { sealExisting } = await import('../../../integrity/index.ts')
  const tally = startTally('views')
  const all: SealedVersion[] = []
  let before = 0
  try {
    for (const one of which) {
      const onProgress = (views: number) => tally.update(before + views)
      const sealed = await sealExisting(storage, one, { ...options, onProgress })
      before += sealed.sealed + sealed.intact + sealed.wrong.count
      all.push({ ...one, ...sealed })
    }
  } finally {
    tally.stop()
  }
  return all
}

async function report({ json, out, tell, endWith }: Session, all: readonly SealedVersion[]): Promise<void> {
  if (all.some(({ wrong }) => wrong.count > 0)) endWith(EXIT.tampered)
  if (json) return tell({ versions: all }, '')
  if (all.length === 0) await out.line('There are no views.')
  for (const { projection, version, sealed, intact, wrong } of all) {
    const rest = wrong.count === 0 ? '' : `, and ${wrong.count} with a WRONG seal`
    await out.line(`${projection} ${version}: sealed ${count(sealed, 'view')}; ${intact} had a seal${rest}`)
    for (const key of wrong.keys) await out.line(`  ${key}`)
    if (wrong.count > wrong.keys.length) await out.line('  and others')
  }
}
