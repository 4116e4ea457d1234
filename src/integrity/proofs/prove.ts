import { StreamDeleted } from '../../core/errors/append.ts'
import { InvalidPosition } from '../../core/errors/input.ts'
import { ForeignOrigin, NotProvable } from '../../core/errors/integrity.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Position } from '../../core/positions/position.ts'
import { encodePosition } from '../../core/positions/position-token.ts'
import type { ChainContext } from '../chain/chain-context.ts'
import { leafOf } from '../chain/leaf.ts'
import { needsStreamSalt, saltIn } from '../chain/sealing/stream-salts.ts'
import type { TreeHead } from '../heads/head.ts'
import { storedNote } from '../heads/publishing/own-head.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { HASH_SIZE, sameHash } from '../merkle/hash.ts'
import { inclusionPath } from '../merkle/inclusion.ts'
import { packedRoot } from '../merkle/packed-root.ts'
import type { Subtree } from '../merkle/subtrees.ts'
import { headIn } from '../notes/head-text.ts'
import { formatProof } from '../notes/proof-text.ts'
import { formatEventPath } from './event-path.ts'
import { openLedgerView } from './ledger-view.ts'

/**
 * Proves that an event was sealed: a text (C2SP, tlog-proof) that `verifyProof` accepts together with the event's
 * document, without the storage. It reads about five documents.
 *
 * @throws NotProvable if the event is not sealed under a signed head yet, was erased, or is not the one that was sealed;
 *   InvalidStreamId, InvalidNote, ForeignOrigin, LedgerDamaged
 */
export async function prove(
  context: Pick<ChainContext, 'storage' | 'ledger' | 'origin'>,
  streamId: string,
  version: number,
): Promise<string> {
  const { storage, ledger, origin } = context
  const name = eventReference(streamId, version)
  const event = await eventOf(storage, streamId, version)
  const position = await positionOf(storage, streamId, version)
  const { note, head } = await signedHead(ledger, origin)
  const view = await openLedgerView(ledger, head.size)
  const block = await view.find(position)
  if (block === undefined) throw new NotProvable(`Event ${name} is not sealed yet`)
  const { header, body } = block
  if (header.n >= head.size)
    throw new NotProvable(`Event ${name} is sealed in block ${header.n}, which no signed head covers yet`)
  const index = body.places.findIndex((place) => place[0] === streamId && place[1] === version)
  const leaves = Buffer.from(body.leaves, 'base64')
  const salt = needsStreamSalt(event) ? saltIn((await ledger.get('salt', streamId))?.document) : undefined
  const leaf = leafOf(event, salt)
  if (index < 0 || !sameHash(leaf, leavesOf(leaves, index, index + 1))) {
    throw new NotProvable(`Event ${name} is not the one that was sealed: verify the chain`)
  }
  const path = inclusionPath(index, leaves.length / HASH_SIZE).map((group) =>
    packedRoot(leavesOf(leaves, ...coverage(group))),
  )
  const extra = formatEventPath({ header, leaf: index, path, ...(salt !== undefined && { salt }) })
  return formatProof({ extra, index: header.n, path: await view.tree.inclusion(header.n, head.size), head: note })
}

async function eventOf({ events }: StoragePort, streamId: string, version: number): Promise<EventDocument> {
  const name = eventReference(streamId, version)
  try {
    const loaded = version >= 1 ? await events.load(streamId, { from: version, to: version }) : undefined
    const event = loaded?.events[0]
    if (event !== undefined) return event
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
    throw new NotProvable(`Event ${name} cannot be proved, because its stream was deleted`)
  }
  throw new NotProvable(`Event ${name} is not in the log`)
}

async function positionOf({ events, incarnation }: StoragePort, streamId: string, version: number): Promise<Position> {
  const name = eventReference(streamId, version)
  // The hash is only a hint.
  const token = encodePosition({ incarnation, marks: [{ streamId, version, hash: '0' }] })
  try {
    const [located] = await events.locate(token)
    if (typeof located?.at === 'object') return located.at
    throw new NotProvable(`Event ${name} ${located?.at === 'pending' ? 'is not sealed yet' : 'was erased'}`)
  } catch (error) {
    if (error instanceof InvalidPosition) throw new NotProvable(`Event ${name} is not in the log`)
    throw error
  }
}

async function signedHead(ledger: Ledger, origin: string): Promise<{ readonly note: string; readonly head: TreeHead }> {
  const note = await storedNote(ledger)
  if (note === undefined) throw new NotProvable('No head of the chain was signed yet')
  const head = headIn(note)
  if (head.origin !== origin) throw new ForeignOrigin('The signed head', origin, head.origin)
  return { note, head }
}

/** A copy of some of the leaves that lie one after the other. */
const leavesOf = (leaves: Buffer, from: number, to: number): Buffer =>
  Buffer.from(leaves.subarray(from * HASH_SIZE, to * HASH_SIZE))

/** The leaves that adjacent subtrees cover: from the first one to the one after the last. */
function coverage(group: readonly Subtree[]): [from: number, to: number] {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined) return [0, 0]
  return [first.index * 2 ** first.level, (last.index + 1) * 2 ** last.level]
}
