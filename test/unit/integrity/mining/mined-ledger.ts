import { type Clock, systemClock } from '../../../../src/core/clock.ts'
import type { Ledger } from '../../../../src/integrity/ledger/ledger.ts'
import { openLedger } from '../../../../src/integrity/ledger/open-ledger.ts'
import { openTree } from '../../../../src/integrity/ledger/tree/open-tree.ts'
import { checkWork, readWorkRecords } from '../../../../src/integrity/mining/check-work.ts'
import { parseWork, type WorkRecord } from '../../../../src/integrity/mining/work-record.ts'
import type { FindingCode } from '../../../../src/integrity/verify/report.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { chainOf } from '../support/blocks.ts'

const blocks = chainOf(40)

/** The number of zero bits that tests ask for: about a thousand hashes. */
export const BITS = 10

/** A ledger of the first blocks, in memory. */
export async function ledgerOf(size: number, clock: Clock = systemClock) {
  const storage = openMemory()
  const ledger = openLedger(storage.viewStore, { generation: 1, incarnation: storage.incarnation })
  const grow = async (from: number, to: number) => {
    for (const block of blocks.slice(from, to)) await ledger.create(block)
  }
  await grow(0, size)
  return { ledger, origin: 'acme/meters', clock, grow: (to: number) => grow(size, to) }
}

/** A record as it is stored. */
export async function recordOf(ledger: Ledger, n: number): Promise<WorkRecord> {
  const record = parseWork((await ledger.get('work', String(n)))?.document)
  if (record === undefined) throw new Error(`No record ${n}`)
  return record
}

/** Changes a record behind the back of everybody. */
export async function editRecord(ledger: Ledger, n: number, change: object): Promise<void> {
  const stored = await ledger.get('work', String(n))
  if (stored === undefined) throw new Error(`No record ${n}`)
  await ledger.save('work', String(n), { ...stored.document, ...change }, { ifMatch: stored.etag })
}

/** What a verification finds about the work, and how many blocks it covers. */
export async function verdictOf(
  { ledger, origin }: { readonly ledger: Ledger; readonly origin: string },
  minBits = BITS,
): Promise<{ readonly covered: number; readonly codes: readonly FindingCode[]; readonly messages: readonly string[] }> {
  const codes: FindingCode[] = []
  const messages: string[] = []
  const add = (code: FindingCode, message: string) => {
    codes.push(code)
    messages.push(message)
  }
  const tree = await openTree(ledger)
  const covered = await checkWork(readWorkRecords(ledger), { origin, tree, minBits }, { add })
  return { covered, codes, messages }
}
