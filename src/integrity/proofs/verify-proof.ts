import { NotJson } from '../../core/errors/input.ts'
import { ForeignOrigin, InvalidNote, InvalidProof } from '../../core/errors/integrity.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { leafOf } from '../chain/leaf.ts'
import type { TreeHead } from '../heads/head.ts'
import { restartedOrigin } from '../keys/origin.ts'
import type { VerifierKey } from '../keys/verifier-key.ts'
import { eventsIn, type Header } from '../ledger/blocks/block.ts'
import { headerLeaf } from '../ledger/blocks/header-leaf.ts'
import { parseHash } from '../merkle/hash.ts'
import { verifyInclusion } from '../merkle/inclusion.ts'
import { parseHead } from '../notes/head-text.ts'
import { openNote } from '../notes/open-note.ts'
import { parseProof } from '../notes/proof-text.ts'
import { parseNote } from '../notes/signed-note.ts'
import { trustedKeys } from '../verify/heads/trusted-keys.ts'
import type { Trust } from '../verify/report.ts'
import { parseEventPath } from './event-path.ts'

/** What a proof shows of an event. */
export type ProvedEvent = {
  /** The chain that it is in. */
  readonly origin: string
  /** The number of its block, and when that was sealed, according to who sealed it. */
  readonly block: number
  readonly sealedAt: string
  /** The number of blocks of the head that was signed. */
  readonly size: number
}

/**
 * Verifies that an event was sealed in a chain, from the proof and the event's document alone.
 *
 * @param trust the chain's name, the keys that may sign its heads, and witnesses, one of which must then have cosigned
 * @throws InvalidChainKey for a key of `trust`; InvalidProof if it is malformed, if its head is not signed as it must
 *   be, or if it does not prove this document; ForeignOrigin if it is of another chain
 */
export function verifyProof(
  proof: string,
  document: EventDocument,
  trust: Pick<Trust, 'origin' | 'keys' | 'witnesses'>,
): ProvedEvent {
  const { heads, witnesses } = trustedKeys(trust)
  const { extra, index, path, head: note } = parseProof(proof)
  const event = parseEventPath(extra)
  const { header } = event
  const head = signedHead(note, trust.origin, header, [heads, ...(witnesses.length > 0 ? [witnesses] : [])])
  if (header.n !== index || !verifyInclusion(headerLeaf(header), index, head.size, path, head.root)) {
    throw new InvalidProof('The proof does not show that its block is in the ledger')
  }
  const events = eventsIn(header.parts)
  const root = parseHash(header.root)
  const leaf = leafOfDocument(document, event.salt)
  if (root === undefined || !verifyInclusion(leaf, event.leaf, events, event.path, root)) {
    throw new InvalidProof('The proof does not show that this event is in its block')
  }
  return { origin: head.origin, block: index, sealedAt: header.at, size: head.size }
}

/** @param signers of each group of keys, one must have signed the head */
function signedHead(
  note: string,
  trusted: string,
  header: Header,
  signers: readonly (readonly VerifierKey[])[],
): TreeHead {
  try {
    const parsed = parseNote(note)
    const head = parseHead(parsed.text)
    if (head.origin !== trusted && head.origin !== restartedOrigin(trusted, header.incarnation)) {
      throw new ForeignOrigin('The head', trusted, head.origin)
    }
    for (const keys of signers) openNote(parsed, keys)
    return head
  } catch (cause) {
    if (cause instanceof InvalidNote) throw new InvalidProof(`Not a proof: ${cause.message}`, { cause })
    throw cause
  }
}

function leafOfDocument(document: EventDocument, salt: string | undefined) {
  try {
    return leafOf(document, salt)
  } catch (cause) {
    if (cause instanceof NotJson || cause instanceof TypeError) {
      throw new InvalidProof('The document is not that of an event', { cause })
    }
    throw cause
  }
}
