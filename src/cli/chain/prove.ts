import type { Command } from 'commander'
import { eventReference } from '../../core/events/event-reference.ts'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { eventArgument } from '../support/event-argument.ts'
import { explain } from '../support/help.ts'
import { writeNewFile } from '../support/new-file.ts'
import { storageOptions } from '../support/options.ts'
import { writeText } from '../support/output.ts'
import type { CommonOptions } from '../support/session.ts'

type Options = CommonOptions & { readonly output?: string; readonly force?: boolean }
type Event = ReturnType<typeof eventArgument>

const notes = `
The proof is a text (C2SP, tlog-proof) that anyone can check without access to the storage, with tidemark chain check-proof,
the event's document, which tidemark streams show --json prints, and the chain's verifier key.`

/** `tidemark chain prove`: proves that an event was sealed. */
export const addChainProve = (group: Command): Command =>
  explain(
    storageOptions(group.command('prove')),
    [
      'chain prove meter:87000001:2026@3 --output meter.tlog-proof',
      'streams show meter:87000001:2026 --from 3 --to 3 --json > event.json',
    ],
    notes,
  )
    .description('Proves that an event was sealed, for who has its document and no access to the storage.')
    .argument('<event>', 'the event, such as meter:87000001:2026@3', eventArgument)
    .option('--output <file>', 'write a new file instead of the standard output')
    .option('--force', 'replace an existing file')
    .action((event: Event, options: Options) => withChain(options, (session) => writeProof(session, event, options)))

async function writeProof(session: ChainSession, { streamId, version }: Event, { output, force = false }: Options) {
  const { chain, json, out, signal, tell } = session
  const { prove } = await import('../../integrity/index.ts')
  const proof = await prove(chain.context, streamId, version)
  const event = eventReference(streamId, version)
  if (output !== undefined) {
    await writeNewFile(output, textOf(proof), { setting: '--output', force, signal })
    return tell({ event, file: output }, `Wrote the proof of ${event} to ${output}`)
  }
  if (json) return tell({ event, proof }, '')
  await writeText(out, proof)
}

async function* textOf(text: string): AsyncGenerator<string> {
  yield text
}
