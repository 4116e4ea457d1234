import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { publishHead } from '../../../src/integrity/heads/publishing/publish-head.ts'
import type { Signer } from '../../../src/integrity/heads/signer.ts'
import type { Ledger } from '../../../src/integrity/ledger/ledger.ts'
import { type Chain, openChain } from '../../../src/integrity/open-chain.ts'
import type { Finding, VerifyOptions, VerifyReport } from '../../../src/integrity/verify/report.ts'
import { verifyChain } from '../../../src/integrity/verify/verify-chain.ts'
import { gullibleAnchor, ORIGIN } from '../integrity/publishing.ts'
import { newSigner } from '../integrity/signers.ts'
import type { RawDatabase } from './raw-database.ts'

/** A sealed log whose heads are signed, and kept outside the database. */
export type SealedLog = {
  readonly raw: RawDatabase
  readonly storage: StoragePort
  readonly chain: Chain
  readonly ledger: Ledger
  readonly signer: Signer
  /** Keeps the heads. Nobody who has the database can change it. */
  readonly anchor: ReturnType<typeof gullibleAnchor>
  /** Seals everything, signs the head, and keeps it outside. */
  seal(): Promise<void>
  /** Signs and keeps the head of another opening of the same log. */
  sealAs(later: SealedLog): Promise<void>
  /** Verifies as an auditor does, in another process, without any patience. */
  verify(options?: Partial<VerifyOptions>): Promise<VerifyReport>
  /** The block that seals an event. */
  blockOf(streamId: string, version: number): number
  /** The LSN at which it was sealed. */
  lsnOf(streamId: string, version: number): number
}

let ids = 0

/** An event as a repository appends it: with a salt. Those of older releases have none. */
export const anEvent = (eventData: JsonObject, { salted = true } = {}) => ({
  eventType: 'Read',
  eventData,
  metadata: { eventId: `event-${++ids}`, ...(salted && { salt: `salt-of-${ids}-xxxxxxxxx` }) },
})

/** Opens a chain over a database, and seals what is in it. */
export async function chainOver(raw: RawDatabase): Promise<SealedLog> {
  const [signer, anchor, storage] = [newSigner(ORIGIN), gullibleAnchor(), await raw.open()]
  const chain = await openChain(storage, { origin: ORIGIN, signer, anchors: [anchor] })
  const sealed = new Map<string, { readonly block: number; readonly lsn: number }>()
  const placeOf = (streamId: string, version: number) => {
    const place = sealed.get(`${streamId}@${version}`)
    if (place === undefined) throw new Error(`${streamId}@${version} is not sealed`)
    return place
  }
  return {
    raw,
    storage,
    chain,
    signer,
    anchor,
    get ledger() {
      return chain.context.ledger
    },
    async seal() {
      await chain.sealNow()
      await publishHead(chain.context)
      for (const { header, body } of await chain.context.ledger.blocks(0, 10_000)) {
        for (const [streamId, version, lsn] of body.places) {
          sealed.set(`${streamId}@${version}`, { block: header.n, lsn })
        }
      }
    },
    async sealAs(later) {
      await publishHead({ ...later.chain.context, signer, anchors: [anchor] })
    },
    async verify(options = {}) {
      await using auditor = await raw.open()
      const { context } = await openChain(auditor, { origin: ORIGIN })
      const trust = { origin: ORIGIN, keys: [signer.verifierKey], anchors: [anchor] }
      return await verifyChain({ ...context, clock: systemClock }, { trust, grace: 0, ...options })
    },
    blockOf: (streamId, version) => placeOf(streamId, version).block,
    lsnOf: (streamId, version) => placeOf(streamId, version).lsn,
  }
}

/**
 * A log of several blocks:
 *
 * - `meter:1`, five events in four appends, and `meter:2`, three in three;
 * - `meter:old`, three events without salts;
 * - `meter:gone`, deleted and erased, and `meter:ended`, deleted and erased in part.
 */
export async function sealedLog(raw: RawDatabase): Promise<SealedLog> {
  const log = await chainOver(raw)
  const { storage, seal } = log
  const append = async (id: string, count: number, salted = true) => {
    const events = Array.from({ length: count }, (_, i) => anEvent({ reading: 100 + i, unit: 'kWh' }, { salted }))
    await storage.events.append(id, events, { expectedVersion: 'any' })
  }
  for (const id of ['meter:old', 'meter:gone', 'meter:ended']) await append(id, 3, id !== 'meter:old')
  await append('meter:1', 1)
  await append('meter:2', 1)
  await seal()
  await append('meter:1', 2)
  await append('meter:2', 1)
  await seal()
  await storage.events.tombstone('meter:ended', anEvent({}), { expectedVersion: 3 })
  await storage.events.erase('meter:ended', { limit: 1 })
  await deleteStream(storage, 'meter:gone')
  await append('meter:1', 1)
  await append('meter:2', 1)
  await seal()
  await append('meter:1', 1)
  await seal()
  return log
}

/** A finding in short, to compare: `code stream@version #block`. */
export const inShort = ({ code, streamId, version, block }: Finding): string =>
  [code, streamId && `${streamId}@${version}`, block === undefined ? undefined : `#${block}`].filter(Boolean).join(' ')
