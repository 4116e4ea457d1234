import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { type Console, withConsole } from '../support/session.ts'
import { keyOptions, readText, readTrust, type TrustOptions } from './trust-options.ts'

type Options = TrustOptions & { readonly event: string; readonly json?: boolean }

const notes = `
It needs no storage. Exits with ${EXIT.done} if the proof shows that the event was sealed, and with ${EXIT.failed} (InvalidProof, ForeignOrigin) if
it does not. It says nothing about other events, or about what happened to the log since.`

/** `tidemark chain check-proof`: checks a proof without the storage. */
export const addChainCheckProof = (group: Command): Command =>
  explain(
    keyOptions(group.command('check-proof').option('--json', 'JSON output')),
    ['chain check-proof meter.tlog-proof --event event.json --key <key>'],
    notes,
  )
    .description('Checks, without a storage, that a proof shows that an event was sealed.')
    .argument('<file>', 'the proof that tidemark chain prove wrote')
    .requiredOption('--event <file>', "the event's document, as tidemark streams show --json prints it")
    .action((file: string, options: Options) =>
      withConsole(options.json ?? false, (console) => check(console, file, options)),
    )

async function check({ tell }: Pick<Console, 'tell'>, file: string, options: Options): Promise<void> {
  const trust = readTrust(options)
  const document = eventIn(options.event)
  const { verifyProof } = await import('../../integrity/index.ts')
  const proved = verifyProof(readText(file, 'file'), document, trust)
  const event = eventReference(document.stream.id, document.stream.version)
  const { block, sealedAt, origin, size } = proved
  await tell(
    { event, ...proved },
    `${event} is in block ${block} of ${origin}, which was sealed at ${sealedAt} and is in the signed head of ${count(size, 'block')}`,
  )
}

function eventIn(file: string): EventDocument {
  const text = readText(file, '--event')
  try {
    const document = JSON.parse(text) as EventDocument
    if (typeof document.stream.id === 'string' && typeof document.stream.version === 'number') return document
  } catch {
    // It is not JSON, or not an object with a stream.
  }
  throw new InvalidConfiguration('--event', `${file} does not contain one event as JSON`)
}
