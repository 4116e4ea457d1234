import type { JsonObject } from '../../core/json/json.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerTree } from '../ledger/tree/tree.ts'
import { type Hash, hashText, parseHash } from '../merkle/hash.ts'
import { formatHead } from '../notes/head-text.ts'
import type { Findings } from '../verify/findings.ts'
import { NO_WORK, parseNonce, workInput, workOf, zeroBits } from './work.ts'
import { parseWork, type WorkRecord } from './work-record.ts'

/** What a verification knows without the records of work. */
export type WorkTrust = {
  readonly origin: string
  /** The tree of the ledger, from its tiles, which the caller has compared with the blocks as far as it read them. */
  readonly tree: Pick<LedgerTree, 'size' | 'rootAt'>
  /** The least zero bits of a record. */
  readonly minBits: number
}

/**
 * Checks records of work: each covers a head of the ledger, contains the work before it, and took enough of it. A last
 * record without a nonce is under way, and does not count.
 *
 * @param records the documents in order, with undefined for one that is missing
 * @param findings gets `workWrong`, and `workMissing` for records that are missing before others
 * @returns the number of blocks that work covers
 */
export async function checkWork(
  records: AsyncIterable<JsonObject | undefined> | Iterable<JsonObject | undefined>,
  { origin, tree, minBits }: WorkTrust,
  findings: Pick<Findings, 'add'>,
): Promise<number> {
  let [n, covered] = [-1, 0]
  // Undefined after a record without work.
  let previous: Hash | undefined = NO_WORK
  let isUnderWay = false
  for await (const content of records) {
    n++
    const wrong = (what: string, record?: WorkRecord) =>
      findings.add('workWrong', `Work record ${n} ${what}`, record && { block: record.size - 1 })
    if (isUnderWay) wrong('follows one without a nonce')
    isUnderWay = false
    const before: Hash | undefined = previous
    previous = undefined
    if (content === undefined) {
      findings.add('workMissing', `Work record ${n} is missing, but there is a later one`, {}, 'tampered')
      continue
    }
    const record = parseWork(content)
    if (record === undefined) {
      wrong('does not have the shape of one')
      continue
    }
    if (record.size > tree.size) {
      wrong(`covers ${record.size} blocks, but the ledger has ${tree.size}`)
      continue
    }
    const root = await tree.rootAt(record.size)
    if (record.root !== hashText(root)) wrong('covers another ledger', record)
    if (record.size <= covered) wrong('covers no more than the one before', record)
    if (before !== undefined && record.previous !== hashText(before))
      wrong('does not contain the work before it', record)
    const nonce = parseNonce(record.nonce)
    isUnderWay = nonce === undefined
    if (nonce === undefined) continue
    // By what it says itself, so that one record that was changed is one finding.
    const own = parseHash(record.previous) as Hash
    previous = workOf(workInput(own, formatHead({ origin, size: record.size, root })), nonce)
    if (record.bits < minBits) wrong(`has ${record.bits} bits, but ${minBits} are required`, record)
    else if (zeroBits(previous) < record.bits) wrong('has a nonce that is wrong', record)
    else covered = Math.max(covered, record.size)
  }
  return covered
}

const BATCH = 256

/**
 * The records of work in a ledger, in order, with undefined for one that is missing. It ends before a whole batch of
 * numbers without a record.
 */
export async function* readWorkRecords(ledger: Pick<Ledger, 'getMany'>): AsyncGenerator<JsonObject | undefined> {
  let missing = 0
  for (let from = 0; ; from += BATCH) {
    const keys = Array.from({ length: BATCH }, (_, i) => String(from + i))
    const found = await ledger.getMany('work', keys)
    if (found.size === 0) return
    for (const key of keys) {
      const content = found.get(key)
      if (content === undefined) {
        missing++
        continue
      }
      for (; missing > 0; missing--) yield undefined
      yield content
    }
  }
}
