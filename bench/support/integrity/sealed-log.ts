import { generateKeyPairSync, sign } from 'node:crypto'
import { openEmbedded } from '../../../src/embedded.ts'
import { callbackSigner } from '../../../src/integrity/heads/signers/callback-signer.ts'
import { openTree } from '../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead } from '../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../src/integrity/notes/sign-note.ts'
import { openChain } from '../../../src/integrity/open-chain.ts'
import { eventDocuments } from './event-documents.ts'

export const ORIGIN = 'bench/meters'

const STREAMS = 1_000
const BATCH = 100

/** An embedded log with a chain, whose heads are signed by a key of its own. */
export async function openSealedLog(folder: string) {
  const storage = await openEmbedded(folder, { ranges: 4 })
  const chain = await openChain(storage, { origin: ORIGIN })
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signer = callbackSigner({
    name: ORIGIN,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    sign: async (message) => sign(null, message, privateKey),
  })
  let appended = 0
  return {
    storage,
    chain,
    key: signer.verifierKey,
    async append(count: number): Promise<void> {
      const events = eventDocuments(count).map(({ eventType, eventData, metadata }) => {
        const { recordedAt: _, ...rest } = metadata
        return { eventType, eventData, metadata: rest }
      })
      for (let at = 0; at < count; at += BATCH) {
        const streamId = `meter:${(appended / BATCH) % STREAMS}:2026`
        await storage.events.append(streamId, events.slice(at, at + BATCH), { expectedVersion: 'any' })
        appended += BATCH
      }
    },
    async signedHead(): Promise<string> {
      const { size, root } = await openTree(chain.context.ledger)
      return signNote(formatHead({ origin: ORIGIN, size, root: root() }), signer)
    },
    [Symbol.asyncDispose]: () => storage.close(),
  }
}
