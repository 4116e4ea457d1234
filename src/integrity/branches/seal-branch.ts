import { notify } from '../../core/async/callbacks.ts'
import { SealMissing, SealWrong } from '../../core/errors/integrity.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Tidemark } from '../../core/positions/position.ts'
import { readVersionRecord } from '../../views/version-record.ts'
import { NO_EVENTS } from '../chain/writing/block-draft.ts'
import type { BranchHeader } from '../ledger/blocks/block.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Chain } from '../open-chain.ts'
import { type BranchSubject, branchName } from './branch-name.ts'
import { branchIn, lastBranch, recordBranch, type SealedBranch } from './last-branch.ts'
import { createSlowest, lastContained } from './last-contained.ts'
import { type ListedDocument, listDocuments } from './list-documents.ts'
import { removePages, writePages } from './pages.ts'

export type SealBranchOptions = {
  readonly signal?: AbortSignal
  /** Called now and then with the number of documents so far. What it throws is ignored. */
  readonly onProgress?: (documents: number) => void
}

/**
 * Seals the views of a projection version, or all snapshots, as a branch of the chain: a block that commits to a digest
 * of each. A later verification tells which of them were changed without being computed again. Processors may run
 * meanwhile: each document is sealed as it is when its turn comes.
 *
 * It takes the documents as they are: a change from before is found only by computing a document again. With seals, it
 * stops at a document whose seal is missing or wrong.
 *
 * It may be repeated after an interruption, and run more than once at a time. Digests of earlier branches of the same
 * name are removed.
 *
 * @throws SealMissing, SealWrong, ChainOfAnotherLog, LedgerDamaged, the signal's reason when it is aborted
 */
export async function sealBranch(
  chain: Pick<Chain, 'context' | 'writer'>,
  subject: BranchSubject,
  { signal, onProgress }: SealBranchOptions = {},
): Promise<SealedBranch> {
  const { storage } = chain.context
  const name = branchName(subject)
  const slowest = createSlowest()
  const writer = await chain.writer()
  const { ledger } = writer
  const definition = subject === 'snapshots' ? null : await definitionOf(storage, subject)
  const before = await lastBranch(ledger, name)

  async function* checked(): AsyncGenerator<ListedDocument> {
    let documents = 0
    for await (const document of listDocuments(storage, subject)) {
      signal?.throwIfAborted()
      assertSealed(document, name)
      if (subject !== 'snapshots') slowest.add(document.content.tidemarks as unknown as readonly Tidemark[])
      if (++documents % 1000 === 0) notify(onProgress, documents)
      yield document
    }
  }

  const { root, count } = await writePages(ledger, checked())
  const of =
    subject === 'snapshots' || count === 0 ? null : await lastContained(ledger, await writer.refresh(), slowest.marks)
  const branch = { name, after: before?.n ?? null, count, root, definition, of }
  const block = await writer.append(() => ({ kind: 'branch', branch, ...NO_EVENTS }))
  const n = block?.header.n as number
  await recordBranch(ledger, name, n)
  await removeEarlier(ledger, branch)
  return { n, branch }
}

/** The code that computes the views, as the workers recorded it. */
async function definitionOf(
  storage: Pick<StoragePort, 'viewStore'>,
  { projection, version }: { readonly projection: string; readonly version: number },
): Promise<string | null> {
  const record = (await readVersionRecord(storage.viewStore, projection))?.document
  return record?.versions[version]?.texts.at(-1)?.hash ?? null
}

function assertSealed({ fault, content }: ListedDocument, name: string): void {
  if (fault === undefined) return
  throw fault === 'missing' ? new SealMissing(name, content.key) : new SealWrong(name, content.key)
}

/** Only the digests of the last branch can be compared with anything; and they are derived from what may be erased. */
async function removeEarlier(ledger: Ledger, { name, root, after }: BranchHeader): Promise<void> {
  for (let n = after; n !== null; ) {
    const earlier = await branchIn(ledger, n, name)
    if (earlier === undefined || earlier.branch.root === root) return
    await removePages(ledger, earlier.branch.root)
    n = earlier.branch.after
  }
}
