import { generateKeyPairSync, sign } from 'node:crypto'
import { uuidV7 } from '../../../src/core/append/uuid.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Signer } from '../../../src/integrity/heads/signer.ts'
import { callbackSigner } from '../../../src/integrity/heads/signers/callback-signer.ts'
import { openLedger } from '../../../src/integrity/ledger/open-ledger.ts'
import { openTree } from '../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead } from '../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../src/integrity/notes/sign-note.ts'
import type { Trust, VerifyOptions, VerifyReport } from '../../../src/integrity/verify/report.ts'
import { verifyChain } from '../../../src/integrity/verify/verify-chain.ts'
import { type SealOptions, sealByHand } from './seal-by-hand.ts'

const ORIGIN = 'acme/meters'

/** A signer whose key only it has. */
function aSigner(name = ORIGIN): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return callbackSigner({
    name,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    sign: async (message) => sign(null, message, privateKey),
  })
}

/** A chain over a storage, that is sealed, signed and verified by calls. */
export function aChain(storage: StoragePort, { ledgerIn = storage }: { readonly ledgerIn?: StoragePort } = {}) {
  const ledger = openLedger(ledgerIn.viewStore, { generation: 1, incarnation: storage.incarnation })
  const signer = aSigner()
  const context = { storage, ledger, origin: ORIGIN, clock: systemClock }
  const notes: string[] = []
  const trust = (): Trust => ({ origin: ORIGIN, keys: [signer.verifierKey], notes: notes.slice(-1) })
  return {
    context,
    ledger,
    signer,
    /** The heads that were signed, which nobody who has the storage can change. */
    notes,
    trust,
    /** Seals what is not sealed yet. */
    seal: (options?: SealOptions) => sealByHand(storage, ledger, options),
    /** Signs the head, and keeps it outside and in the ledger. */
    async signHead(): Promise<string> {
      const tree = await openTree(ledger)
      const note = await signNote(formatHead({ origin: ORIGIN, size: tree.size, root: tree.root() }), signer)
      notes.push(note)
      const stored = await ledger.get('head', 'newest')
      await ledger.save('head', 'newest', { note, anchors: [] }, stored ? { ifMatch: stored.etag } : 'ifAbsent')
      return note
    },
    verify: (options: Partial<VerifyOptions> = {}): Promise<VerifyReport> =>
      verifyChain(context, { trust: trust(), ...options }),
  }
}

export type TestChain = ReturnType<typeof aChain>

/** An event as a writer appends it, with a salt of its own. */
export const anEvent = (eventData: JsonObject = {}, { salted = true } = {}) => ({
  eventType: 'Read',
  eventData,
  metadata: {
    eventId: uuidV7(),
    ...(salted && { salt: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url') }),
  },
})

/** What a report found, in short: `code stream@version #block`. */
export const found = ({ findings }: VerifyReport): readonly string[] =>
  findings.map(({ code, streamId, version, block }) =>
    [code, streamId && `${streamId}@${version}`, block === undefined ? undefined : `#${block}`]
      .filter(Boolean)
      .join(' '),
  )
