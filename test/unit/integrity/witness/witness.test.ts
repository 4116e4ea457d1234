import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatAddCheckpoint, SIZE_TYPE } from '../../../../src/integrity/heads/anchors/witness-protocol.ts'
import { originHash } from '../../../../src/integrity/heads/origin-hash.ts'
import { parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { formatHead, openHead } from '../../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../../src/integrity/notes/sign-note.ts'
import { formatNote, type NoteSignature, parseNote } from '../../../../src/integrity/notes/signed-note.ts'
import { createWitness, type Witness } from '../../../../src/integrity/witness/witness.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { newSigner } from '../../../support/integrity/signers.ts'
import { type TestLog, testLog } from '../../../support/integrity/test-log.ts'

const ORIGIN = 'acme/meters'
const signer = newSigner('witness.example', 'witness')
const log = testLog(ORIGIN)
const other = testLog('acme/other')

async function submit(witness: Witness, from: number, to: number, by: TestLog = log, prover: TestLog = by) {
  const path = from === 0 || from > to ? [] : await prover.prover(to)(from)
  return witness.addCheckpoint(Buffer.from(formatAddCheckpoint({ from, path, note: await by.note(to) })))
}

describe('a witness', () => {
  let folder: string
  let witness: Witness
  const clock = manualClock()
  const open = () =>
    createWitness({
      logs: [
        { origin: ORIGIN, keys: [log.signer.verifierKey] },
        { origin: other.origin, keys: [other.signer.verifierKey] },
      ],
      signer,
      folder,
      clock,
    })
  const kept = async (origin = ORIGIN) => {
    const { status, body } = await witness.checkpoint(originHash(origin))
    return status === 200 ? openHead(body, origin, [parseVerifierKey(signer.verifierKey)]).head.size : status
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-witness-'))
    witness = open()
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('cosigns the first head of a log, and each that extends it, with the time', async () => {
    for (const [from, to] of [
      [0, 3],
      [3, 8],
      [8, 300],
    ] as const) {
      clock.advance(60_000)
      const { status, body } = await submit(witness, from, to)
      expect(status).toBe(200)
      const note = `${await log.note(to)}${body}`
      const { verified } = openHead(note, ORIGIN, [parseVerifierKey(signer.verifierKey)])
      expect(verified.map(({ time }) => time)).toEqual([Math.floor(clock.now() / 1000)])
    }
  })

  it('shows auditors the newest head, signed by the log and by itself', async () => {
    expect(await kept()).toBe(404)
    await submit(witness, 0, 5)
    const { body } = await witness.checkpoint(originHash(ORIGIN))
    const keys = [log.signer.verifierKey, signer.verifierKey].map(parseVerifierKey)
    expect(openHead(body, ORIGIN, keys).verified).toHaveLength(2)
  })

  it('tells the size that it keeps to a log that begins its proof elsewhere', async () => {
    await submit(witness, 0, 5)
    for (const from of [0, 3, 6]) {
      expect(await submit(witness, from, 8)).toEqual({ status: 409, body: '5\n', type: SIZE_TYPE })
    }
    expect(await kept()).toBe(5)
  })

  it('refuses a rollback to an older head, replayed with the proof of that time', async () => {
    await submit(witness, 0, 3)
    await submit(witness, 3, 8)
    expect(await submit(witness, 0, 3)).toMatchObject({ status: 409, body: '8\n' })
    expect(await submit(witness, 8, 3)).toMatchObject({ status: 400 })
    expect(await kept()).toBe(8)
  })

  it('refuses another root of the same size', async () => {
    await submit(witness, 0, 5)
    const fork = testLog(ORIGIN, { signer: log.signer, history: 'fork' })
    expect(await submit(witness, 5, 5, fork)).toMatchObject({ status: 422 })
  })

  it('refuses a larger head of another history, even with a true proof of that history', async () => {
    await submit(witness, 0, 5)
    const fork = testLog(ORIGIN, { signer: log.signer, history: '---x' })
    expect(await submit(witness, 5, 9, fork)).toMatchObject({ status: 422 })
    expect(await submit(witness, 5, 9, fork, log)).toMatchObject({ status: 422 })
    expect(await submit(witness, 5, 9, log, fork)).toMatchObject({ status: 422 })
    expect(await kept()).toBe(5)
  })

  it('refuses a proof for the first head, and a head without leaves whose root is not the empty one', async () => {
    const path = await log.prover(5)(3)
    const body = formatAddCheckpoint({ from: 0, path, note: await log.note(5) })
    expect(await witness.addCheckpoint(Buffer.from(body))).toMatchObject({ status: 422 })
    const head = formatHead({ origin: ORIGIN, size: 0, root: Buffer.alloc(32) })
    const empty = formatAddCheckpoint({ from: 0, path: [], note: await signNote(head, log.signer) })
    expect(await witness.addCheckpoint(Buffer.from(empty))).toMatchObject({ status: 422 })
    expect(await submit(witness, 0, 0)).toMatchObject({ status: 200 })
    expect(await submit(witness, 0, 4)).toMatchObject({ status: 200 })
  })

  it('refuses heads of logs and keys that it was not told to trust, also the key of another of its logs', async () => {
    const stranger = testLog('acme/stranger')
    expect(await submit(witness, 0, 5, stranger)).toMatchObject({ status: 404 })
    expect(await submit(witness, 0, 5, testLog(ORIGIN))).toMatchObject({ status: 403 })
    expect(await submit(witness, 0, 5, testLog(ORIGIN, { signer: other.signer }))).toMatchObject({ status: 403 })
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses a head with a wrong signature under the name of a trusted key', async () => {
    const wrong = (await log.note(5)).replace(
      /^(— .{80})(.)(.*)$/m,
      (_, before, one, after) => `${before}${one === 'A' ? 'B' : 'A'}${after}`,
    )
    const body = formatAddCheckpoint({ from: 0, path: [], note: wrong })
    expect(await witness.addCheckpoint(Buffer.from(body))).toMatchObject({ status: 403 })
  })

  it('trusts each key of a log, but no head with a wrong signature of one of them', async () => {
    const second = newSigner('acme/second')
    const keys = [log.signer.verifierKey, second.verifierKey]
    const both = createWitness({ logs: [{ origin: ORIGIN, keys }], signer, folder, clock })
    const { text } = parseNote(await log.note(5))
    const [valid] = parseNote(await signNote(text, second)).signatures
    const [wrong] = parseNote(await log.note(6)).signatures
    const submitSigned = (...signatures: (NoteSignature | undefined)[]) => {
      const note = formatNote({ text, signatures: signatures.filter((one) => one !== undefined) })
      return both.addCheckpoint(Buffer.from(formatAddCheckpoint({ from: 0, path: [], note })))
    }
    expect(await submitSigned(valid, wrong)).toMatchObject({ status: 403 })
    expect(await submitSigned(valid)).toMatchObject({ status: 200 })
  })

  it('keeps logs apart', async () => {
    await submit(witness, 0, 5)
    await submit(witness, 0, 7, other)
    expect([await kept(), await kept(other.origin)]).toEqual([5, 7])
  })

  it('lets exactly one of many updates at once win, also if two processes use one folder', async () => {
    await submit(witness, 0, 2)
    const second = open()
    const forks = Array.from({ length: 12 }, (_, i) =>
      testLog(ORIGIN, { signer: log.signer, history: `--${String.fromCharCode(97 + i)}` }),
    )
    const answers = await Promise.all(forks.map((fork, i) => submit(i % 2 ? witness : second, 2, 3 + (i % 3), fork)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(11)
  })

  it('remembers what it cosigned when it is started again', async () => {
    await submit(witness, 0, 5)
    witness = open()
    expect(await submit(witness, 0, 3)).toMatchObject({ status: 409, body: '5\n' })
    expect(await submit(witness, 5, 6)).toMatchObject({ status: 200 })
  })

  it('repeats a cosignature for a while without writing, and makes another one later', async () => {
    const first = await submit(witness, 0, 5)
    expect((await submit(witness, 5, 5)).body).toBe(first.body)
    clock.advance(60_000)
    const later = await submit(witness, 5, 5)
    expect(later.status).toBe(200)
    expect(later.body).not.toBe(first.body)
    expect(await readdir(join(folder, originHash(ORIGIN)))).toHaveLength(2)
  })

  it('cosigns nothing that it cannot keep, and goes on when it can again', async () => {
    await submit(witness, 0, 5)
    const heads = join(folder, originHash(ORIGIN))
    // Permissions do not stop every user, but a file in the place of a folder does.
    await rm(heads, { recursive: true })
    await writeFile(heads, '')
    await expect(submit(witness, 0, 6)).rejects.toThrow()
    await rm(heads)
    expect(await submit(witness, 0, 6)).toMatchObject({ status: 200 })
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'cosigns nothing in a folder that is read-only',
    async () => {
      const heads = join(folder, originHash(ORIGIN))
      await mkdir(heads)
      await chmod(heads, 0o500)
      await expect(submit(witness, 0, 5)).rejects.toMatchObject({ code: 'EACCES' })
      await chmod(heads, 0o700)
      expect(await kept()).toBe(404)
    },
  )

  it('does not go back to an older head if the newest that it kept is damaged', async () => {
    await submit(witness, 0, 5)
    await submit(witness, 5, 6)
    await writeFile(join(folder, originHash(ORIGIN), '000000000002.note'), '')
    await expect(submit(witness, 5, 7)).rejects.toThrow()
    await expect(submit(witness, 6, 7)).rejects.toThrow()
  })

  it('refuses what is no request', async () => {
    const note = await log.note(5)
    const hash = Buffer.alloc(32).toString('base64')
    for (const body of [
      '',
      '\n\n',
      note,
      `old 0\n${note}`,
      `old 00\n\n${note}`,
      `old -1\n\n${note}`,
      `old 99999999999999999999\n\n${note}`,
      `old 0\nAAAA\n\n${note}`,
      `old 0\n${`${hash}\n`.repeat(64)}\n${note}`,
      `old 0\n\n${note.slice(0, -1)}`,
      `old 0\r\n\r\n${note}`,
      `new 0\n\n${note}`,
    ]) {
      expect(await witness.addCheckpoint(Buffer.from(body))).toMatchObject({ status: 400 })
    }
    expect(await witness.addCheckpoint(Uint8Array.of(0xff, 0xfe, 0x0a, 0x0a))).toMatchObject({ status: 400 })
    expect(await readdir(folder)).toEqual([])
  })
})
