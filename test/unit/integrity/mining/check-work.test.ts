import { beforeAll, describe, expect, it } from 'vitest'
import { mine } from '../../../../src/integrity/mining/mine.ts'
import type { WorkRecord } from '../../../../src/integrity/mining/work-record.ts'
import { BITS, editRecord, ledgerOf, recordOf, verdictOf } from './mined-ledger.ts'

const QUICK = { bits: BITS, chunk: 512, poll: 20, every: 3 }
const HASH = Buffer.alloc(32, 7).toString('base64')

let mined: readonly WorkRecord[]

beforeAll(async () => {
  const context = await ledgerOf(12)
  await mine(context, QUICK)
  mined = await Promise.all([0, 1, 2, 3].map((n) => recordOf(context.ledger, n)))
})

/** A ledger with the records that were mined, or some of them. */
async function withRecords(records: readonly (WorkRecord | undefined)[] = mined) {
  const context = await ledgerOf(12)
  for (const [n, record] of records.entries()) {
    if (record !== undefined) await context.ledger.save('work', String(n), { ...record }, 'ifAbsent')
  }
  return context
}

describe('the check of work', () => {
  it('finds nothing in what was mined', async () => {
    expect(await verdictOf(await withRecords())).toEqual({ covered: 12, codes: [], messages: [] })
  })

  it.each<[string, object, string]>([
    ['a nonce is changed', { nonce: 'ffffffffffffffff' }, 'a nonce that is wrong'],
    ['a nonce is no nonce', { nonce: 'FF' }, 'shape'],
    ['the difficulty is lowered', { bits: BITS - 1 }, 'bits, but'],
    ['the difficulty is exaggerated', { bits: BITS + 30 }, 'a nonce that is wrong'],
    ['the root is changed', { root: HASH }, 'another ledger'],
    ['the work before is changed', { previous: HASH }, 'the work before it'],
    ['another head is named', { size: 5 }, 'another ledger'],
    ['more blocks are named than there are', { size: 13 }, 'but the ledger has 12'],
  ])('finds that %s', async (_, change, message) => {
    const context = await withRecords()
    await editRecord(context.ledger, 1, change)
    const { codes, messages } = await verdictOf(context)
    expect(codes[0]).toBe('workWrong')
    expect(messages.join()).toContain(message)
  })

  it('asks for the bits of the verifier, whatever the records say', async () => {
    const { covered, codes } = await verdictOf(await withRecords(), 60)
    expect([covered, ...codes]).toEqual([0, ...Array(4).fill('workWrong')])
  })

  it('finds a record that is missing before others, and two that were exchanged', async () => {
    const [first, second, third, fourth] = mined
    expect((await verdictOf(await withRecords([first, undefined, third, fourth]))).codes).toEqual(['workMissing'])
    expect((await verdictOf(await withRecords([undefined, second]))).codes).toEqual(['workMissing'])
    expect((await verdictOf(await withRecords([first, third, second, fourth]))).codes).toContain('workWrong')
    expect((await verdictOf(await withRecords([first, first, second]))).codes).toContain('workWrong')
  })

  it('finds a record that was replaced by other work, because all later ones contain the work before', async () => {
    const [first, second, ...others] = mined as [WorkRecord, WorkRecord, ...WorkRecord[]]
    const other = await ledgerOf(6)
    await other.ledger.save('work', '0', { ...first }, 'ifAbsent')
    await mine(other, { ...QUICK, bits: BITS + 4 })
    const replaced = await recordOf(other.ledger, 1)
    expect(replaced.nonce).not.toBe(second.nonce)
    expect((await verdictOf(await withRecords([first, replaced]))).codes).toEqual([])
    expect((await verdictOf(await withRecords([first, replaced, ...others]))).codes).toEqual(['workWrong'])
  })

  it('says how many blocks are covered when the last records are missing, or have no nonce yet', async () => {
    expect(await verdictOf(await withRecords(mined.slice(0, 2)))).toEqual({ covered: 6, codes: [], messages: [] })
    expect(await verdictOf(await withRecords([]))).toEqual({ covered: 0, codes: [], messages: [] })
    const { nonce: _, ...underWay } = mined[2] as WorkRecord
    const open = await withRecords([...mined.slice(0, 2), underWay])
    expect(await verdictOf(open)).toEqual({ covered: 6, codes: [], messages: [] })
    const passed = await withRecords([...mined.slice(0, 2), underWay, mined[3]])
    expect((await verdictOf(passed)).codes).toEqual(['workWrong'])
  })

  it('takes no record of another chain', async () => {
    const { codes } = await verdictOf({ ...(await withRecords()), origin: 'acme/others' })
    expect(codes).toContain('workWrong')
  })
})
