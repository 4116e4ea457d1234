import { NotProvable } from '../../core/errors/integrity.ts'
import type { Chain, TreeHead } from '../../integrity/index.ts'

/** The newest signed head of a chain, as the ledger has it: no anchor is asked. @throws NotProvable if there is none */
export async function signedHead({ context }: Chain): Promise<{ readonly head: TreeHead; readonly note: string }> {
  const { readOwnHead } = await import('../../integrity/heads/publishing/own-head.ts')
  const { head, note } = await readOwnHead(context)
  if (head !== undefined && note !== undefined) return { head, note }
  throw new NotProvable('No head of the chain was signed yet: run tidemark chain anchor')
}
