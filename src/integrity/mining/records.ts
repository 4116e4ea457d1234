import { LedgerDamaged } from '../../core/errors/integrity.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { SaveCondition, Stored } from '../../core/port/save.ts'
import { lastOf } from '../ledger/last-block.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerTree } from '../ledger/tree/tree.ts'
import { type Hash, hashText, parseHash } from '../merkle/hash.ts'
import { formatHead } from '../notes/head-text.ts'
import type { CompleteMineOptions } from './options.ts'
import { NO_WORK, parseNonce, workInput, workOf, zeroBits } from './work.ts'
import { parseWork, type WorkRecord } from './work-record.ts'

/** A record whose nonce is searched for. */
export type OpenWork = {
  readonly n: number
  readonly record: WorkRecord
  /** What is hashed with a nonce. */
  readonly input: Hash
}

/** Reads a record. @throws LedgerDamaged if it does not have the shape of one */
export async function readWork(ledger: Ledger, n: number): Promise<Stored<WorkRecord> | undefined> {
  const stored = await ledger.get('work', String(n))
  if (stored === undefined) return undefined
  const document = parseWork(stored.document)
  if (document === undefined) throw damaged(n, 'does not have the shape of one')
  return { document, etag: stored.etag }
}

/** Saves a record; returns whether it did. */
export async function saveWork(
  ledger: Ledger,
  n: number,
  record: WorkRecord,
  condition: SaveCondition,
): Promise<boolean> {
  return (await ledger.save('work', String(n), record as unknown as JsonObject, condition)) !== undefined
}

/** What there is to do: the record to work on, if there is one, and how many blocks those before it cover. */
export type NextWork = { readonly covered: number; readonly open?: OpenWork }

/**
 * The record to work on: the last one if it has no nonce yet, or a new one over a later head.
 *
 * @param from the number of a record that exists, or -1
 * @throws LedgerDamaged if the last record is not one of this ledger, because work on top of it would be for nothing
 */
export async function nextWork(
  { ledger, origin }: { readonly ledger: Ledger; readonly origin: string },
  tree: Pick<LedgerTree, 'size' | 'rootAt'>,
  { bits, every, chunk }: Pick<CompleteMineOptions, 'bits' | 'every' | 'chunk'>,
  from = -1,
): Promise<NextWork> {
  const inputOf = (previous: Hash, size: number, root: Hash) => workInput(previous, formatHead({ origin, size, root }))
  const has = async (n: number) => n >= 0 && (await ledger.get('work', String(n))) !== undefined
  for (let known = from; ; ) {
    const n = await lastOf({ has }, known)
    const stored = n < 0 ? undefined : await readWork(ledger, n)
    let covered = 0
    let previous = NO_WORK
    if (stored === undefined) {
      if (n >= 0) throw damaged(n, 'is missing')
    } else {
      const record = stored.document
      if (record.size > tree.size) throw damaged(n, 'covers blocks that the ledger does not have')
      const root = await tree.rootAt(record.size)
      if (record.root !== hashText(root)) throw damaged(n, 'covers another ledger')
      const input = inputOf(parseHash(record.previous) as Hash, record.size, root)
      const work = workOfRecord(n, record, input)
      if (work === undefined) {
        const isHarder = record.bits < bits
        if (isHarder && !(await saveWork(ledger, n, { ...record, bits }, { ifMatch: stored.etag }))) continue
        return { covered, open: { n, record: isHarder ? { ...record, bits } : record, input } }
      }
      covered = record.size
      previous = work
    }
    const size = every === undefined ? tree.size : covered + every
    if (size > tree.size || size === covered) return { covered }
    const root = await tree.rootAt(size)
    const record = { size, root: hashText(root), bits, previous: hashText(previous), chunk, next: 0, claims: [] }
    if (await saveWork(ledger, n + 1, record, 'ifAbsent')) {
      return { covered, open: { n: n + 1, record, input: inputOf(previous, size, root) } }
    }
    known = n
  }
}

/**
 * The work of a record, or undefined if it has no nonce yet.
 *
 * @throws LedgerDamaged if its nonce is wrong
 */
export function workOfRecord(n: number, { nonce: text, bits }: WorkRecord, input: Hash): Hash | undefined {
  const nonce = parseNonce(text)
  if (nonce === undefined) return undefined
  const work = workOf(input, nonce)
  if (zeroBits(work) < bits) throw damaged(n, 'has a nonce that is wrong')
  return work
}

/** The error for a record that is not as a host that mines would have written it. */
export const damaged = (n: number, what: string): LedgerDamaged => new LedgerDamaged(`Work record ${n} ${what}`)
