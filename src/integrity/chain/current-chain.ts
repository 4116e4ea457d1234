import type { Clock } from '../../core/clock.ts'
import { LedgerDamaged } from '../../core/errors/integrity.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { restartedOrigin } from '../keys/origin.ts'
import type { Header } from '../ledger/blocks/block.ts'
import { newestGeneration } from '../ledger/generations.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import type { ChainContext, ChainOptions } from './chain-context.ts'

/** Of what a chain is opened. */
export type ChainOpening = {
  readonly storage: StoragePort
  /** Where the ledger is. */
  readonly place: Pick<StoragePort, 'viewStore' | 'limits'>
  readonly clock: Clock
  readonly options: ChainOptions
}

/** The newest chain in a ledger, and the header of its first block, or null if it is empty or that block is damaged. */
export type CurrentChain = { readonly context: ChainContext; readonly first: Header | null }

/**
 * Opens the newest generation of a ledger, or the first if there is none yet.
 *
 * @param known what was found earlier: no block that was read then is read again
 */
export async function currentChain(opening: ChainOpening, known?: CurrentChain): Promise<CurrentChain> {
  const { storage, place } = opening
  const generation = Math.max(1, await newestGeneration(place.viewStore, known?.context.ledger.generation))
  if (known?.context.ledger.generation === generation) {
    return { context: known.context, first: known.first ?? (await firstHeader(known.context.ledger)) }
  }
  const ledger = openLedger(place.viewStore, { generation, incarnation: storage.incarnation })
  const first = await firstHeader(ledger)
  return { context: contextOf(opening, generation, first?.incarnation ?? storage.incarnation), first }
}

// A writer throws because of the damage, and a verification reports it.
async function firstHeader(ledger: Ledger): Promise<Header | null> {
  try {
    return (await ledger.blocks(0, 1))[0]?.header ?? null
  } catch (error) {
    if (error instanceof LedgerDamaged) return null
    throw error
  }
}

/**
 * A chain of a generation.
 *
 * @param incarnation that of the log that it was begun for
 */
export function contextOf(
  { storage, place, clock, options }: ChainOpening,
  generation: number,
  incarnation: string,
): ChainContext {
  return {
    storage,
    ledger: openLedger(place.viewStore, { generation, incarnation: storage.incarnation }),
    limits: place.limits,
    origin: generation === 1 ? options.origin : restartedOrigin(options.origin, incarnation),
    signer: options.signer,
    anchors: options.anchors ?? [],
    clock,
  }
}
