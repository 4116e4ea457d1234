import crypto from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { limiter } from '../../../src/core/async/limiter.ts'
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts'

/** An S3 server in this process, behind a proxy that counts and disturbs. */
export type TestS3 = AsyncDisposable & {
  readonly client: S3Client
  readonly bucket: string
  readonly proxy: CountingProxy
  /** Where the server keeps its objects. */
  readonly folder: string
}

type S3rver = {
  readonly run: () => Promise<AddressInfo>
  readonly close: () => Promise<void>
}

const BUCKET = 'payloads'

type Methods = Record<string, (...parameters: unknown[]) => Promise<unknown>>

let hasTurns = false

// The server's own files are not safe from requests at the same time: it responds 500 when two remove one folder.
function takeTurns(store: Methods): void {
  if (hasTurns) return
  hasTurns = true
  restoreDes()
  const inTurn = limiter(1)
  for (const name of ['deleteObject', 'listObjects', 'putObject']) {
    const method = store[name]
    if (method === undefined) throw new Error(`s3rver has no ${name} any more`)
    store[name] = function (...parameters) {
      return inTurn(() => method.apply(this, parameters))
    }
  }
}

// The server encrypts where a list continues with a cipher that OpenSSL no longer has. Three times the same key make the
// one that it still has equal to it.
function restoreDes(): void {
  const { createCipheriv, createDecipheriv } = crypto
  const tripled = (key: Buffer) => Buffer.concat([key, key, key])
  const isDes = (algorithm: string) => algorithm === 'des'
  Object.assign(crypto, {
    createCipheriv: (algorithm: string, key: Buffer, ...others: [Buffer]) =>
      isDes(algorithm)
        ? createCipheriv('des-ede3-cbc', tripled(key), ...others)
        : createCipheriv(algorithm, key, ...others),
    createDecipheriv: (algorithm: string, key: Buffer, ...others: [Buffer]) =>
      isDes(algorithm)
        ? createDecipheriv('des-ede3-cbc', tripled(key), ...others)
        : createDecipheriv(algorithm, key, ...others),
  })
}

/** Starts a server with one empty bucket. @param folder where the server's packages are installed */
export async function startS3(folder: string): Promise<TestS3> {
  const load = createRequire(`${folder}package.json`)
  const Server = load('s3rver') as new (options: object) => S3rver
  takeTurns((load('s3rver/lib/stores/filesystem') as { readonly prototype: Methods }).prototype)
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-s3-'))
  const options = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: BUCKET }] }
  const server = new Server(options)
  const { port } = await server.run()
  const proxy = await startCountingProxy(port)
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${proxy.port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    maxAttempts: 1,
  })
  return {
    client,
    bucket: BUCKET,
    proxy,
    folder: directory,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await proxy.close()
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
