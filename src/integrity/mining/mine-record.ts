import { notify } from '../../core/async/callbacks.ts'
import { concurrently } from '../../core/async/concurrently.ts'
import { settled } from '../../core/async/settled.ts'
import type { ChainContext } from '../chain/chain-context.ts'
import { claimChunk, releaseChunks } from './claims.ts'
import type { CompleteMineOptions } from './options.ts'
import { damaged, type OpenWork, readWork, saveWork, workOfRecord } from './records.ts'
import { type Search, startSearch } from './search/start-search.ts'
import { nonceText, workOf, zeroBits } from './work.ts'
import type { WorkRecord } from './work-record.ts'

const REPORT = 1000

/**
 * Searches for the nonce of a record until it is found, here or on another host.
 *
 * @throws the signal's reason; then what was claimed is free again
 * @throws LedgerDamaged if something else changes the record than a host that works on it
 */
export async function mineRecord(
  { ledger, clock }: Pick<ChainContext, 'ledger' | 'clock'>,
  { n, record: begun, input }: OpenWork,
  { threads, claimTime, poll, signal, onProgress }: CompleteMineOptions,
): Promise<void> {
  const by = crypto.randomUUID()
  const ended = new AbortController()
  const searching = new Map<number, Search>()
  let before = 0
  const end = () => {
    ended.abort()
    for (const search of searching.values()) search.stop()
  }
  const hashes = () => searching.values().reduce((sum, search) => sum + search.done(), before)

  async function read() {
    const stored = await readWork(ledger, n)
    const isSame = (['size', 'root', 'previous', 'chunk'] as const).every(
      (part) => stored?.document[part] === begun[part],
    )
    if (stored === undefined || !isSame) throw damaged(n, 'is no longer the one that was begun')
    if (workOfRecord(n, stored.document, input) !== undefined) end()
    return stored
  }

  /** Saves a change unless there is a nonce already. */
  async function update(change: (record: WorkRecord) => WorkRecord): Promise<void> {
    for (;;) {
      const { document, etag } = await read()
      if (document.nonce !== undefined) return
      const changed = change(document)
      if (changed === document || (await saveWork(ledger, n, changed, { ifMatch: etag }))) return
    }
  }

  async function searchChunks(): Promise<void> {
    for (let searched: number | undefined; ; ) {
      let [claimed, bits] = [searched, 0]
      await update((record) => {
        const claim = claimChunk(record, { by, now: clock.now(), claimTime }, searched)
        claimed = claim.chunk
        bits = record.bits
        return claim.record
      })
      if (ended.signal.aborted || claimed === undefined) return
      const from = BigInt(claimed) * BigInt(begun.chunk)
      const search = startSearch({ input, bits, from, count: begun.chunk })
      searching.set(claimed, search)
      const nonce = await search.found.finally(() => {
        searching.delete(claimed as number)
        before += search.done()
      })
      if (nonce !== undefined) await update((record) => withNonce(record, nonce))
      if (ended.signal.aborted) return
      searched = claimed
    }
  }

  // Another host may have made the record harder in the meantime.
  const withNonce = (record: WorkRecord, nonce: bigint): WorkRecord =>
    zeroBits(workOf(input, nonce)) >= record.bits ? { ...record, nonce: nonceText(nonce), claims: [] } : record

  async function watch(): Promise<void> {
    for (;;) {
      await clock.sleep(poll, ended.signal)
      if (ended.signal.aborted) return
      await read()
    }
  }

  async function report(): Promise<void> {
    for (let [last, at] = [0, performance.now()]; ; ) {
      await clock.sleep(REPORT, ended.signal)
      if (ended.signal.aborted) return
      const [all, now] = [hashes(), performance.now()]
      const rate = ((all - last) * 1000) / (now - at)
      ;[last, at] = [all, now]
      const { size, bits } = begun
      notify(onProgress, { record: n, size, bits, chunks: [...searching.keys()], hashes: all, rate })
    }
  }

  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  const jobs = [...Array.from({ length: threads }, () => searchChunks), watch, ...(onProgress ? [report] : [])]
  const outcome = await settled(
    concurrently(jobs.length, jobs, async (job, failed) => {
      failed.addEventListener('abort', end, { once: true })
      await job()
      return []
    }),
  )
  signal?.removeEventListener('abort', end)
  if (outcome.status === 'rejected') throw outcome.reason
  if (!signal?.aborted) return
  // Only a courtesy: claims expire.
  await settled(update((record) => releaseChunks(record, by)))
  signal.throwIfAborted()
}
