import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import type { Ledger } from '../../../../src/integrity/ledger/ledger.ts'
import { parseHash } from '../../../../src/integrity/merkle/hash.ts'
import { mine } from '../../../../src/integrity/mining/mine.ts'
import type { MineProgress } from '../../../../src/integrity/mining/options.ts'
import { workInput, workOf, zeroBits } from '../../../../src/integrity/mining/work.ts'
import { BITS, editRecord, ledgerOf, recordOf, verdictOf } from './mined-ledger.ts'

const QUICK = { bits: BITS, chunk: 512, poll: 20 }

/** So hard that nobody finds a nonce. */
const HOPELESS = { ...QUICK, bits: 100, chunk: 2 ** 20 }

/** Mines until it was seen at work, and then stops. */
async function mineForAMoment(context: Awaited<ReturnType<typeof ledgerOf>>, options: object = {}) {
  const stop = new AbortController()
  const mining = mine(context, { ...HOPELESS, ...options, signal: stop.signal })
  const outcome = mining.catch((error: unknown) => error)
  while (
    (await context.ledger.get('work', '0')) === undefined ||
    (await recordOf(context.ledger, 0)).claims.length === 0
  ) {
    await systemClock.sleep(5)
  }
  return { stop, outcome }
}

describe('mining', () => {
  it('covers all blocks with one record, and goes on from there when there are more', async () => {
    const context = await ledgerOf(5)
    expect(await mine(context, QUICK)).toEqual({ records: 1, covered: 5, size: 5 })
    expect(await mine(context, QUICK)).toEqual({ records: 0, covered: 5, size: 5 })
    await context.grow(9)
    expect(await mine(context, QUICK)).toEqual({ records: 1, covered: 9, size: 9 })
    expect(await verdictOf(context)).toEqual({ covered: 9, codes: [], messages: [] })
    expect((await recordOf(context.ledger, 0)).claims).toEqual([])
  })

  it('covers each block if it is asked to', async () => {
    const context = await ledgerOf(4)
    expect(await mine(context, { ...QUICK, every: 1 })).toEqual({ records: 4, covered: 4, size: 4 })
    expect(await verdictOf(context)).toMatchObject({ covered: 4, codes: [] })
  })

  it('covers what makes a whole number of blocks', async () => {
    const context = await ledgerOf(7)
    expect(await mine(context, { ...QUICK, every: 3 })).toEqual({ records: 2, covered: 6, size: 7 })
  })

  it('does nothing for a ledger without blocks', async () => {
    expect(await mine(await ledgerOf(0), QUICK)).toEqual({ records: 0, covered: 0, size: 0 })
  })

  it('finds work that anybody can check with SHA-256', async () => {
    const context = await ledgerOf(3)
    await mine(context, QUICK)
    const { root, previous, nonce, size } = await recordOf(context.ledger, 0)
    const input = workInput(parseHash(previous) as Uint8Array, `acme/meters\n${size}\n${root}\n`)
    expect(zeroBits(workOf(input, BigInt(`0x${nonce}`)))).toBeGreaterThanOrEqual(BITS)
  })

  it('is shared by hosts, which search different chunks, and all end when one has found a nonce', async () => {
    const context = await ledgerOf(3)
    const claimed: string[] = []
    const ledger: Ledger = {
      ...context.ledger,
      save: async (kind, key, data, condition) => {
        const etag = await context.ledger.save(kind, key, data, condition)
        const { claims } = data as { claims?: { chunk: number; by: string }[] }
        if (etag !== undefined) claimed.push(...(claims ?? []).map(({ chunk, by }) => `${chunk} ${by}`))
        return etag
      },
    }
    const hosts = [1, 2, 3].map((threads) => mine({ ...context, ledger }, { ...QUICK, bits: 13, threads }))
    const results = await Promise.all(hosts)
    expect(results.every(({ covered }) => covered === 3)).toBe(true)
    expect(await verdictOf(context, 13)).toEqual({ covered: 3, codes: [], messages: [] })
    const chunks = [...new Set(claimed)].map((claim) => claim.split(' ')[0])
    expect(new Set(chunks).size).toBe(chunks.length)
    expect(new Set(claimed.map((claim) => claim.split(' ')[1])).size).toBe(3)
  })

  it('goes on where a host that was killed left it, and takes over its chunk when the claim has expired', async () => {
    const context = await ledgerOf(3)
    const { stop, outcome } = await mineForAMoment(context)
    stop.abort(new Error('stopped'))
    await outcome
    const dead = { chunk: 0, by: 'dead', until: Date.now() + 60_000 }
    await editRecord(context.ledger, 0, { bits: BITS, chunk: 512, claims: [dead], next: 1 })
    const later = { ...systemClock, now: () => Date.now() + 120_000 }
    const seen: number[][] = []
    const ledger: Ledger = {
      ...context.ledger,
      save: (kind, key, data, condition) => {
        seen.push((data as { claims: { chunk: number }[] }).claims.map(({ chunk }) => chunk))
        return context.ledger.save(kind, key, data, condition)
      },
    }
    expect(await mine({ ...context, ledger, clock: later }, QUICK)).toMatchObject({ records: 1, covered: 3 })
    expect(seen[0]).toEqual([0])
  })

  it('needs no chunk that was lost', async () => {
    const context = await ledgerOf(3)
    const { stop, outcome } = await mineForAMoment(context)
    stop.abort()
    await outcome
    const lost = { chunk: 7, by: 'lost', until: Date.now() + 600_000 }
    await editRecord(context.ledger, 0, { bits: BITS, chunk: 512, claims: [lost], next: 1_000_000 })
    await mine(context, QUICK)
    const { nonce } = await recordOf(context.ledger, 0)
    expect(BigInt(`0x${nonce}`)).toBeGreaterThanOrEqual(512_000_000n)
    expect(await verdictOf(context)).toMatchObject({ covered: 3, codes: [] })
  })

  it('ends at once when it is stopped, gives its claims back and keeps the place', async () => {
    const context = await ledgerOf(3)
    const { stop, outcome } = await mineForAMoment(context, { threads: 2 })
    expect((await recordOf(context.ledger, 0)).claims.length).toBeGreaterThan(0)
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await outcome).toBe(reason)
    const { claims, next, nonce } = await recordOf(context.ledger, 0)
    expect(claims).toEqual([])
    expect(next).toBeGreaterThan(0)
    expect(nonce).toBeUndefined()
    await expect(mine(context, { ...HOPELESS, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('ends when another host has found a nonce, without searching its chunk to the end', async () => {
    const context = await ledgerOf(3)
    const { outcome } = await mineForAMoment(context, { bits: BITS + 20, chunk: 2 ** 28 })
    const elsewhere = await ledgerOf(3)
    await mine(elsewhere, QUICK)
    const { nonce } = await recordOf(elsewhere.ledger, 0)
    for (;;) {
      const stored = await context.ledger.get('work', '0')
      const data = { ...stored?.document, bits: BITS, nonce: nonce as string, claims: [] }
      if ((await context.ledger.save('work', '0', data, { ifMatch: stored?.etag as string })) !== undefined) break
    }
    expect(await outcome).toMatchObject({ records: 1, covered: 3 })
  })

  it('raises the difficulty of a record that was begun with less', async () => {
    const context = await ledgerOf(3)
    const { stop, outcome } = await mineForAMoment(context)
    stop.abort()
    await outcome
    await editRecord(context.ledger, 0, { bits: 1, chunk: 512 })
    await mine(context, QUICK)
    expect(await verdictOf(context)).toMatchObject({ covered: 3, codes: [] })
  })

  it.each([
    ['a wrong nonce', { nonce: '00000000deadbeef', bits: 60 }],
    ['the root of another ledger', { root: Buffer.alloc(32, 1).toString('base64') }],
    ['blocks that do not exist', { size: 30 }],
    ['no shape of a record', { bits: 'many' }],
  ])('does not build on a last record with %s', async (_, change) => {
    const context = await ledgerOf(3)
    await mine(context, QUICK)
    await context.grow(5)
    await editRecord(context.ledger, 0, change)
    await expect(mine(context, QUICK)).rejects.toMatchObject({ code: 'LedgerDamaged', block: null })
    expect(await context.ledger.get('work', '1')).toBeUndefined()
  })

  it('stops when somebody changes the record that it works on', async () => {
    const context = await ledgerOf(3)
    const { outcome } = await mineForAMoment(context)
    await editRecord(context.ledger, 0, { root: Buffer.alloc(32, 1).toString('base64') })
    expect(await outcome).toMatchObject({ code: 'LedgerDamaged' })
  })

  it('fails with the error of the ledger, and leaves no thread behind', async () => {
    const context = await ledgerOf(3)
    let reads = 0
    const ledger: Ledger = {
      ...context.ledger,
      get: (kind, key) => (++reads > 8 ? Promise.reject(new Error('gone')) : context.ledger.get(kind, key)),
    }
    await expect(mine({ ...context, ledger }, { ...HOPELESS, chunk: 2 ** 28 })).rejects.toThrow('gone')
  })

  it('reports how far it is, whatever the callback throws', async () => {
    const context = await ledgerOf(3)
    const reports: MineProgress[] = []
    const stop = new AbortController()
    const mining = mine(context, {
      ...HOPELESS,
      signal: stop.signal,
      onProgress: (progress) => {
        reports.push(progress)
        if (reports.length === 2) stop.abort(new Error('seen'))
        throw new Error('a log that is full')
      },
    })
    await expect(mining).rejects.toThrow('seen')
    expect(reports[0]).toMatchObject({ record: 0, size: 3, bits: 100 })
    expect(reports[1]?.hashes).toBeGreaterThan(reports[0]?.hashes as number)
    expect(reports[1]?.rate).toBeGreaterThan(0)
  })

  it.each([
    ['bits', 0],
    ['bits', 129],
    ['bits', 8.5],
    ['threads', 0],
    ['chunk', 2 ** 29],
    ['every', 0],
    ['poll', Number.NaN],
    ['claimTime', -1],
  ])('refuses the option %s of %d', async (option, value) => {
    await expect(mine(await ledgerOf(1), { bits: BITS, [option]: value })).rejects.toMatchObject({
      code: 'InvalidOption',
      option,
    })
  })
})
