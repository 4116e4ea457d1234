import type { WriterSeal } from '../../core/events/writer-seal.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { formatSeal, sealedBytes } from './sealed-event.ts'
import type { WriterKey } from './writer-key.ts'

/** Seals events with a key, for `withWriterSeal`. */
export function writerSeal({ kind, id: keyId, sign }: WriterKey): WriterSeal {
  return {
    seal(event) {
      const bytes = sign(sealedBytes({ kind, keyId }, event))
      return formatSeal({ kind, keyId, coversVersion: event.version !== null, bytes })
    },
  }
}

/**
 * Gives a storage the seal of its writers: each event that this process appends gets one, tombstones and the storage's
 * own events too. A verification that knows the key then finds events that others put into the database, even before
 * the chain contained them.
 *
 * @param storage the storage itself stays as it is. If it gets a vault, it must get the seal first, because the vault
 *   appends to it
 */
export const withWriterSeal = <S extends StoragePort>(
  storage: S,
  seal: WriterSeal,
): S & { readonly writerSeal: WriterSeal } => ({ ...storage, writerSeal: seal })
