import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { witnessAnchor } from '../../../../src/integrity/heads/anchors/witness-anchor.ts'
import { formatAddCheckpoint } from '../../../../src/integrity/heads/anchors/witness-protocol.ts'
import { originHash } from '../../../../src/integrity/heads/origin-hash.ts'
import { parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { openHead } from '../../../../src/integrity/notes/head-text.ts'
import { createWitnessServer } from '../../../../src/integrity/witness/server.ts'
import { createWitness, type Witness } from '../../../../src/integrity/witness/witness.ts'
import { closeServer, listen } from '../../../../src/process/listen.ts'
import { newSigner } from '../../../support/integrity/signers.ts'
import { testLog } from '../../../support/integrity/test-log.ts'

const ORIGIN = 'acme/meters'
const log = testLog(ORIGIN)
const fork = testLog(ORIGIN, { signer: log.signer, history: '--x' })
const signer = newSigner('witness.example', 'witness')

describe('the server of a witness, and the anchor that calls it', () => {
  let folder: string
  let witness: Witness
  let server: Server
  let url: string
  let errors: unknown[]
  const serve = async (listener: RequestListener) => {
    const started = createServer(listener)
    extra.push(started)
    return listen(started, { host: '127.0.0.1', port: 0 }, 'PORT')
  }
  const extra: Server[] = []
  const anchor = () => witnessAnchor(url, signer.verifierKey)
  const publish = async (size: number, by = log) => anchor().publish(await by.note(size), by.prover(size))
  const post = (body: string | Uint8Array) =>
    fetch(`${url}/add-checkpoint`, { method: 'POST', body: typeof body === 'string' ? body : Buffer.from(body) })
  beforeEach(async () => {
    errors = []
    folder = await mkdtemp(join(tmpdir(), 'tidemark-witness-'))
    const logs = [{ origin: ORIGIN, keys: [log.signer.verifierKey] }]
    witness = createWitness({ logs, signer, folder })
    server = createWitnessServer(witness, { onError: (error) => errors.push(error) })
    url = await listen(server, { host: '127.0.0.1', port: 0 }, 'PORT')
  })
  afterEach(async () => {
    for (const one of [server, ...extra.splice(0)]) {
      one.closeAllConnections()
      await closeServer(one)
    }
    await rm(folder, { recursive: true })
  })

  it('adds a cosignature to each head, whatever size the witness had', async () => {
    expect(await anchor().latest(ORIGIN)).toBeUndefined()
    for (const size of [3, 8, 8, 9]) {
      const { head, verified } = openHead(await publish(size), ORIGIN, [parseVerifierKey(signer.verifierKey)])
      expect([head.size, verified.length]).toEqual([size, 1])
    }
    const latest = (await anchor().latest(ORIGIN)) as string
    expect(openHead(latest, ORIGIN, [parseVerifierKey(log.signer.verifierKey)]).head.size).toBe(9)
  })

  it('goes on from the size that the witness keeps if it was published by another process', async () => {
    const early = anchor()
    await early.publish(await log.note(3), log.prover(3))
    await publish(8)
    expect(await early.publish(await log.note(9), log.prover(9))).toContain(signer.name)
  })

  it('refuses rollbacks and forks', async () => {
    await publish(5)
    await expect(publish(4)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
    await expect(publish(5, fork)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
    await expect(publish(9, fork)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
  })

  it('is unavailable for a log that it does not know, a key that it does not trust, and when it is gone', async () => {
    const other = testLog('acme/other')
    await expect(publish(5, other)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    await expect(publish(5, testLog(ORIGIN))).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    await closeServer(server)
    await expect(publish(5)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    server = createServer().listen(0)
  })

  it('does not accept the signature of another witness, nor anything else for one', async () => {
    const stranger = witnessAnchor(url, newSigner('witness.example', 'witness').verifierKey)
    await expect(stranger.publish(await log.note(5), log.prover(5))).rejects.toMatchObject({
      code: 'AnchorUnavailable',
    })
    await expect(stranger.latest(ORIGIN)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    const old = (await publish(5)).split('\n').find((line) => line.startsWith(`— ${signer.name}`))
    const answers = ['', 'hello', `${old}\n`, '— a b\n', '5\n', 'x'.repeat(100_000)]
    for (const [i, body] of answers.entries()) {
      url = await serve((_, response) => response.end(body))
      await expect(publish(6 + i), body.slice(0, 20)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    }
  })

  it('ends with an error when a witness always has another size', async () => {
    let size = 0
    url = await serve((_, response) => response.writeHead(409).end(`${size++ % 2}\n`))
    await expect(publish(5)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    url = await serve((_, response) => response.writeHead(409).end('many\n'))
    await expect(publish(5)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
  })

  it('does not follow redirects, and does not wait for ever', async () => {
    const target = url
    url = await serve((request, response) => response.writeHead(307, { location: `${target}${request.url}` }).end())
    await expect(publish(5)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    url = await serve(() => {})
    const slow = witnessAnchor(url, signer.verifierKey, { timeout: 50 })
    await expect(slow.publish(await log.note(5), log.prover(5))).rejects.toMatchObject({ code: 'AnchorUnavailable' })
  })

  it('refuses URLs with credentials without repeating them, and keys of logs', () => {
    expect(() => witnessAnchor('https://user:secret@w.example', signer.verifierKey)).toThrow(
      expect.objectContaining({ code: 'InvalidOption', message: expect.not.stringContaining('secret') }),
    )
    expect(() => witnessAnchor('file:///tmp', signer.verifierKey)).toThrow(
      expect.objectContaining({ code: 'InvalidOption' }),
    )
    expect(() => witnessAnchor(url, log.signer.verifierKey)).toThrow(
      expect.objectContaining({ code: 'InvalidChainKey' }),
    )
  })

  it('responds to other paths and methods, and to bodies that are too large, without reading on', async () => {
    expect((await fetch(url)).status).toBe(404)
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405)
    expect((await fetch(`${url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404)
    expect((await fetch(`${url}/../${originHash(ORIGIN)}/checkpoint`, { method: 'DELETE' })).status).toBe(404)
    expect((await post('junk')).status).toBe(400)
    const large = formatAddCheckpoint({ from: 0, path: [], note: await log.note(5) }) + 'x'.repeat(70_000)
    expect((await post(large)).status).toBe(413)
    expect((await post('x'.repeat(64 * 1024))).status).toBe(400)
    expect(errors).toEqual([])
  })

  it('serves checkpoints under the SHA-256 of the origin', async () => {
    await publish(5)
    const hash = createHash('sha256').update(ORIGIN).digest('hex')
    const response = await fetch(`${url}/${hash}/checkpoint`)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await response.text()).split('\n').slice(0, 2)).toEqual([ORIGIN, '5'])
  })

  it('answers 409 with the media type of sizes', async () => {
    await publish(5)
    const response = await post(formatAddCheckpoint({ from: 0, path: [], note: await log.note(6) }))
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '5\n',
    ])
  })

  it('reports that it cannot keep a head to the operator, and to the client only that it failed', async () => {
    await writeFile(join(folder, originHash(ORIGIN)), '')
    const response = await post(formatAddCheckpoint({ from: 0, path: [], note: await log.note(6) }))
    expect([response.status, await response.text()]).toEqual([500, 'The request failed\n'])
    expect(errors).toHaveLength(1)
  })

  it('ends requests whose body does not arrive', async () => {
    await closeServer(server)
    server = createWitnessServer(witness, { requestTimeout: 500 })
    url = await listen(server, { host: '127.0.0.1', port: 0 }, 'PORT')
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nold')
    let received = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text
    })
    await new Promise((resolve) => socket.once('close', resolve))
    expect(received).toMatch(/^HTTP\/1\.1 408 /)
    expect(errors).toEqual([])
  })

  it('lives on when clients leave in the middle of a request', async () => {
    const { hostname, port } = new URL(url)
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), hostname)
      socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nold')
      await new Promise((resolve) => setTimeout(resolve, 5))
      socket.destroy()
    }
    await publish(5)
    expect(errors).toEqual([])
  })
})
