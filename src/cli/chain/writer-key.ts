import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { openOrCreate } from '../../core/files/open-or-create.ts'
import type { SealKind } from '../../integrity/index.ts'
import { explain } from '../support/help.ts'
import { withConsole } from '../support/session.ts'

type Options = { readonly create?: boolean; readonly kind: SealKind; readonly json?: boolean }

const notes = `
Every process that appends names the file in WRITER_KEY, and seals its events; give the line that is printed to everyone who
verifies, as --writer. With ed25519 it is public. With hmac, verifiers need the file itself, and could seal events, too. Events
that were appended before have no seal: keep a head from when all processes have the key, for --writers-since. A key that
exists is never overwritten, and never printed.`

/** `tidemark chain writer-key`: prints what verifies the seals of a writer key, which it can create. */
export const addChainWriterKey = (group: Command): Command =>
  explain(
    group.command('writer-key'),
    ['chain writer-key ./writer.key --create', 'chain writer-key ./writer.key --json'],
    notes,
  )
    .description('Prints what verifies the seals of events by a writer key, and can create the key.')
    .argument('<file>', 'file of the key')
    .option('--create', 'create the file unless it exists')
    .addOption(
      new Option('--kind <kind>', 'with --create, what seals are').choices(['ed25519', 'hmac']).default('ed25519'),
    )
    .option('--json', 'JSON output')
    .action((file: string, { create = false, kind, json = false }: Options) =>
      withConsole(json, async ({ tell }) => {
        const { createWriterKey, readWriterKey } = await import('../../integrity/index.ts')
        const open = () => readWriterKey(file)
        const { opened: key, created } = create
          ? await openOrCreate(file, open, () => createWriterKey(file, kind))
          : { opened: await open(), created: false }
        const path = resolve(file)
        const verifier = key.verifier ?? `hmac:${path}`
        await tell({ kind: key.kind, id: key.id, verifier, file: path, created }, verifier)
      }),
    )
