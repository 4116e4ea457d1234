import { randomUUID } from 'node:crypto'
import { randomSalt } from '../../core/events/random-salt.ts'
import { idFault } from '../../core/ids.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { isCount } from '../ledger/shapes.ts'
import { compactRange } from '../merkle/compact-range.ts'
import { hashText } from '../merkle/hash.ts'
import type { Sealable } from '../seals/sealable.ts'
import { type BranchEntry, entryLeaf, entryOf, isEntry } from './entry.ts'

/** The digests of a branch in pages: which, and how many. */
export type Pages = { readonly id: string; readonly pages: number }

/** A page of digests. */
export type Page = {
  /** What hides the content of documents without seals. */
  readonly salt: string
  readonly entries: readonly BranchEntry[]
}

type BranchLedger = Pick<Ledger, 'get' | 'save' | 'remove'>

// About 80 KiB.
const ENTRIES = 1000

const pageKey = (id: string, page: number): string => `${id}-${page}`

// A root in a document's key: base64url, because standard base64 contains a slash.
const rootKey = (root: string): string => `root-${Buffer.from(root, 'base64').toString('base64url')}`

/**
 * Writes the digests of documents, then where those of their root are. One page is in memory at a time.
 *
 * @returns the root of their tree and their number
 */
export async function writePages(
  ledger: BranchLedger,
  documents: AsyncIterable<Sealable>,
): Promise<{ readonly root: string; readonly count: number }> {
  const id = randomUUID()
  const tree = compactRange()
  let pages = 0
  let salt = randomSalt()
  let entries: BranchEntry[] = []
  async function flush(): Promise<void> {
    await ledger.save('branch', pageKey(id, pages++), { salt, entries: entries as unknown as Json }, 'ifAbsent')
    entries = []
    salt = randomSalt()
  }
  for await (const document of documents) {
    const entry = entryOf(document, salt)
    tree.append(entryLeaf(entry))
    entries.push(entry)
    if (entries.length === ENTRIES) await flush()
  }
  if (entries.length > 0) await flush()
  const root = hashText(tree.root())
  const isFirst = await ledger.save('branch', rootKey(root), { id, pages }, 'ifAbsent')
  // Nothing has changed since a branch with the same root.
  if (isFirst === undefined) await removeFrom(ledger, { id, pages })
  return { root, count: tree.size }
}

/** Where the digests of a root are, or undefined if they were removed. */
export async function findPages(ledger: Pick<Ledger, 'get'>, root: string): Promise<Pages | undefined> {
  const { id, pages } = (await ledger.get('branch', rootKey(root)))?.document ?? {}
  if (typeof id !== 'string' || !isCount(pages) || idFault(pageKey(id, pages)) !== undefined) return undefined
  return { id, pages }
}

/** Reads the digests in order; undefined for a page that is missing or is not one. */
export async function* readPages(ledger: Pick<Ledger, 'get'>, { id, pages }: Pages): AsyncGenerator<Page | undefined> {
  for (let page = 0; page < pages; page++) yield parsePage((await ledger.get('branch', pageKey(id, page)))?.document)
}

function parsePage(content: JsonObject | undefined): Page | undefined {
  const { salt, entries } = content ?? {}
  if (typeof salt !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) return undefined
  return { salt, entries: entries as unknown as readonly BranchEntry[] }
}

/** Removes the digests of a root. */
export async function removePages(ledger: BranchLedger, root: string): Promise<void> {
  const found = await findPages(ledger, root)
  if (found === undefined) return
  await removeFrom(ledger, found)
  await ledger.remove('branch', rootKey(root))
}

async function removeFrom(ledger: BranchLedger, { id, pages }: Pages): Promise<void> {
  for (let page = 0; page < pages; page++) await ledger.remove('branch', pageKey(id, page))
}
