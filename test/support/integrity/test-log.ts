import type { ProveConsistency } from '../../../src/integrity/heads/anchor.ts'
import type { Signer } from '../../../src/integrity/heads/signer.ts'
import { leafHash } from '../../../src/integrity/merkle/hash.ts'
import { formatHead } from '../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../src/integrity/notes/sign-note.ts'
import { newSigner } from './signers.ts'
import { treeOf } from './tree-of.ts'

/** A log that exists in a test only. */
export type TestLog = {
  readonly origin: string
  readonly signer: Signer
  /** Its signed head when it had so many leaves. */
  note(size: number): Promise<string>
  /** Proves that its head of so many leaves extends earlier ones. */
  prover(size: number): ProveConsistency
}

/** @param history its characters name the first leaves, so that two histories begin to differ where two texts do */
export function testLog(origin: string, { signer = newSigner(origin), history = '' } = {}): TestLog {
  const leaves = Array.from({ length: 300 }, (_, i) => leafHash(`leaf ${history[i] ?? '-'} ${i}`))
  const tree = treeOf(leaves)
  return {
    origin,
    signer,
    note: async (size) => signNote(formatHead({ origin, size, root: await tree.rootAt(size) }), signer),
    prover: (size) => (from) => tree.consistency(from, size),
  }
}
