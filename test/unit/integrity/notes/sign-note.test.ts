import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Signer } from '../../../../src/integrity/heads/signer.ts'
import { formatVerifierKey, parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { openNote } from '../../../../src/integrity/notes/open-note.ts'
import { addSignatures, cosign, signNote } from '../../../../src/integrity/notes/sign-note.ts'
import { formatNote, parseNote } from '../../../../src/integrity/notes/signed-note.ts'

const text = 'acme/meters\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'

function signerOf(name: string, type: number): Signer & { readonly signed: string[] } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const signed: string[] = []
  return {
    name,
    signed,
    verifierKey: formatVerifierKey(name, type, bytes),
    sign: async (message) => {
      signed.push(Buffer.from(message).toString())
      return sign(null, message, privateKey)
    },
  }
}

const log = signerOf('acme/meters', 1)
const witness = signerOf('witness.example/w', 4)
const keys = [log, witness].map(({ verifierKey }) => parseVerifierKey(verifierKey))

test('a witness signs the time with the text, as the specification spells it', async () => {
  const cosignature = await cosign(text, witness, 1_679_315_147_999)
  expect(witness.signed).toEqual([`cosignature/v1\ntime 1679315147\n${text}`])
  const opened = openNote(formatNote({ text, signatures: [cosignature] }), keys)
  expect(opened.verified).toMatchObject([{ time: 1_679_315_147, key: { name: 'witness.example/w' } }])
})

test('a cosignature whose time was changed is wrong', async () => {
  const cosignature = await cosign(text, witness, 1_679_315_147_000)
  for (const time of [1_679_315_148n, 2n ** 63n]) {
    const changed = Buffer.from(cosignature.signature)
    changed.writeBigUInt64BE(time)
    expect(() => openNote(formatNote({ text, signatures: [{ ...cosignature, signature: changed }] }), keys)).toThrow(
      'The signature of witness.example/w is not one of this note',
    )
  }
})

test('a signature of a log does not pass as one of a witness, nor the other way round', async () => {
  await expect(signNote(text, witness)).rejects.toMatchObject({ code: 'InvalidChainKey' })
  await expect(cosign(text, log, 0)).rejects.toMatchObject({ code: 'InvalidChainKey' })
})

test('added signatures follow those of the note, and replace those of the same keys', async () => {
  const note = await signNote(text, log)
  const first = addSignatures(note, [await cosign(text, witness, 1000)])
  const second = addSignatures(first, [await cosign(text, witness, 2000)])
  expect(parseNote(second).signatures.map(({ name }) => name)).toEqual(['acme/meters', 'witness.example/w'])
  expect(openNote(second, keys).verified.map(({ time }) => time)).toEqual([undefined, 2])
  expect(addSignatures(note, [])).toBe(note)
})
