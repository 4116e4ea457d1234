import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { randomFrom } from '../../../src/core/random.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { callbackSigner } from '../../../src/integrity/heads/signers/callback-signer.ts'
import { openLedger } from '../../../src/integrity/ledger/open-ledger.ts'
import { openTree } from '../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead } from '../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../src/integrity/notes/sign-note.ts'
import { prove } from '../../../src/integrity/proofs/prove.ts'
import { verifyProof } from '../../../src/integrity/proofs/verify-proof.ts'
import { fillLedger, logOf } from '../../support/integrity/large-ledger.ts'
import { ORIGIN } from '../../support/integrity/sealed-log.ts'
import { type Measure, row } from '../../support/measure.ts'
import { percentile, summarise } from '../../support/statistics.ts'

// One event in so many exists.
const EVERY = 1_000
const PROOFS = 400
const COLD = 20

/** Proofs of single events at 10 million events. */
export const proofs: Measure = {
  id: 'integrity-prove',
  title: 'proofs of single events in a large ledger',

  async run({ folder, quick, progress }) {
    const count = quick ? 1_000_000 : 10_000_000
    progress(`building a ledger of ${count.toLocaleString('en-US')} events`)
    await using storage = await openEmbedded(join(folder, 'ledger'))
    const open = () => openLedger(storage.viewStore, { generation: 1, incarnation: 'bench' })
    const ledger = open()
    const existing = await fillLedger(ledger, count, EVERY)
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const signer = callbackSigner({
      name: ORIGIN,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      sign: async (message) => sign(null, message, privateKey),
    })
    const tree = await openTree(ledger)
    const note = await signNote(formatHead({ origin: ORIGIN, size: tree.size, root: tree.root() }), signer)
    await ledger.save('head', 'newest', { note, anchors: [] }, 'ifAbsent')

    const documents = [...existing.values()]
    const random = randomFrom(1)
    const log = logOf(existing, storage)
    const proveOne = async (from: typeof ledger) => {
      const document = documents[Math.floor(random() * documents.length)]
      if (document === undefined) throw new Error('There is no event')
      const start = performance.now()
      const proof = await prove(
        { storage: log, ledger: from, origin: ORIGIN },
        document.stream.id,
        document.stream.version,
      )
      const time = performance.now() - start
      verifyProof(proof, document, { origin: ORIGIN, keys: [signer.verifierKey] })
      return time
    }
    const times: number[] = []
    for (let i = 0; i < PROOFS; i++) times.push(await proveOne(ledger))
    // As a command does, which begins without anything in memory.
    const cold: number[] = []
    for (let i = 0; i < COLD; i++) cold.push(await proveOne(open()))
    const label = `a proof at ${count.toLocaleString('en-US')} events`
    return [
      row('integrity-prove', `${label}: p50`, summarise([percentile(times, 0.5)]), 'ms', { below: 10 }),
      row('integrity-prove-p99', `${label}: p99`, summarise([percentile(times, 0.99)]), 'ms'),
      row('integrity-prove-first', `${label}: the first of a process`, summarise(cold), 'ms'),
    ]
  },
}
