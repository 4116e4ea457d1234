import { join } from 'node:path'
import { type Limiter, limiter } from '../../core/async/limiter.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { parseAddCheckpoint, SIZE_TYPE } from '../heads/anchors/witness-protocol.ts'
import type { TreeHead } from '../heads/head.ts'
import { type NoteFolder, noteFolder } from '../heads/note-folder.ts'
import { originHash } from '../heads/origin-hash.ts'
import type { Signer } from '../heads/signer.ts'
import { assertOrigin } from '../keys/origin.ts'
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.ts'
import { headIn, parseHead } from '../notes/head-text.ts'
import { checkSignatures } from '../notes/open-note.ts'
import { parseNote, type SignedNote } from '../notes/signed-note.ts'
import { cosignNext } from './cosign-next.ts'

/** A log whose heads a witness cosigns. */
export type WitnessedLog = {
  readonly origin: string
  /** The verifier keys of those who may sign its heads. */
  readonly keys: readonly string[]
}

/** What a witness is made of. None of it ever comes from a request. */
export type WitnessOptions = {
  readonly logs: readonly WitnessedLog[]
  /** Cosigns, with a key of the type of witnesses. */
  readonly signer: Signer
  /** Where the newest heads are kept. Who puts an older copy of it back makes the witness forget. */
  readonly folder: string
  readonly clock?: Clock
}

/** The answer to a request, by its HTTP status. */
export type WitnessAnswer = { readonly status: number; readonly body: string; readonly type?: string }

/** A party that signs that logs have only ever grown (C2SP, tlog-witness). */
export type Witness = {
  /**
   * Cosigns a head that extends the last one. Of two at once, one wins.
   *
   * @param body a request `add-checkpoint`
   * @throws the error of the operating system if the head could not be kept; then nothing was cosigned
   */
  addCheckpoint(body: Uint8Array): Promise<WitnessAnswer>
  /** The newest head of a log that it cosigned. @param hash the SHA-256 of the origin, in hexadecimal */
  checkpoint(hash: string): Promise<WitnessAnswer>
}

type Log = { readonly keys: readonly VerifierKey[]; readonly notes: NoteFolder; readonly inOrder: Limiter }

/**
 * Checks the logs of a witness.
 *
 * @throws InvalidOrigin, InvalidChainKey
 */
export function assertLogs(logs: readonly WitnessedLog[]): void {
  logs.forEach(keysOf)
}

function keysOf({ origin, keys }: WitnessedLog): readonly VerifierKey[] {
  assertOrigin(origin)
  return keys.map(parseVerifierKey)
}

/**
 * A witness over a folder.
 *
 * @throws InvalidOrigin, InvalidChainKey
 */
export function createWitness({ logs, signer, folder, clock = systemClock }: WitnessOptions): Witness {
  const own = parseVerifierKey(signer.verifierKey)
  const byHash = new Map<string, Log>()
  for (const log of logs) {
    const hash = originHash(log.origin)
    byHash.set(hash, { keys: keysOf(log), notes: noteFolder(join(folder, hash)), inOrder: limiter(1) })
  }
  return {
    async addCheckpoint(body) {
      const request = parse(body)
      if (request === undefined) return refusal(400, 'Not a request add-checkpoint')
      const { from, path, note, head } = request
      const log = byHash.get(originHash(head.origin))
      if (log === undefined) return refusal(404, 'This log is not known')
      const { verified, wrong } = checkSignatures(note, log.keys)
      if (verified.length === 0 || wrong.length > 0) return refusal(403, 'No trusted key of the log signed the head')
      if (from > head.size) return refusal(400, 'The old size is larger than the size of the head')
      const signatures = verified.map(({ signature }) => signature)
      const next = { from, path, head, note: { text: note.text, signatures } }
      return log.inOrder(async () => {
        const outcome = await cosignNext(log.notes, next, { signer, key: own, clock })
        if ('cosignature' in outcome) return { status: 200, body: outcome.cosignature }
        if ('size' in outcome) return { status: 409, body: `${outcome.size}\n`, type: SIZE_TYPE }
        return refusal(422, 'The proof does not show that the head extends the last one')
      })
    },
    async checkpoint(hash) {
      const kept = await byHash.get(hash)?.notes.newest()
      return kept === undefined ? refusal(404, 'No head of this log was cosigned') : { status: 200, body: kept.text }
    },
  }
}

/**
 * The sizes of the newest heads that a witness keeps, by the origins of its logs.
 *
 * @throws InvalidNote if one is damaged
 */
export async function newestHeads(witness: Witness, logs: readonly WitnessedLog[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const { origin } of logs) {
    const { status, body } = await witness.checkpoint(originHash(origin))
    if (status === 200) sizes.set(origin, headIn(body).size)
  }
  return sizes
}

type Request = {
  readonly from: number
  readonly path: readonly Uint8Array[]
  readonly note: SignedNote
  readonly head: TreeHead
}

function parse(body: Uint8Array): Request | undefined {
  try {
    const request = parseAddCheckpoint(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
    if (request === undefined) return undefined
    const note = parseNote(request.note)
    return { ...request, note, head: parseHead(note.text) }
  } catch {
    return undefined
  }
}

const refusal = (status: number, reason: string): WitnessAnswer => ({ status, body: `${reason}\n` })
