import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../bench/support/free-port.ts'
import { waitForOutput } from '../../../bench/support/servers/wait-for-output.ts'
import type { BlobContainer } from '../../../src/connectors/azure-blob/blob-container.ts'
import { kill } from '../children.ts'

/** An emulator of Azure Blob Storage. */
export type TestBlobs = AsyncDisposable & {
  /** A client of a container of that name; it is created. */
  container(name: string): Promise<BlobContainer>
  /** A client of a container that does not exist. */
  missing(): BlobContainer
  /** Signs in as its only account, `tests`. */
  readonly connectionString: string
}

type ContainerClient = BlobContainer & { create(): Promise<unknown> }
type Sdk = {
  readonly BlobServiceClient: {
    fromConnectionString(text: string, options: object): { getContainerClient(name: string): ContainerClient }
  }
}

const ACCOUNT = 'tests'

/** Starts an emulator. @param packages where its packages and the SDK are installed */
export async function startAzurite(packages: string): Promise<TestBlobs> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-azurite-'))
  const port = await freePort()
  const key = randomBytes(64).toString('base64')
  const program = join(packages, 'node_modules/azurite/dist/src/blob/main.js')
  const settings = ['--blobHost', '127.0.0.1', '--blobPort', `${port}`, '--location', folder, '--skipApiVersionCheck']
  const child = spawn(process.execPath, [program, ...settings, '--disableTelemetry'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
  })
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  await waitForOutput(child, 'successfully listens')
  const { BlobServiceClient } = createRequire(`${packages}package.json`)('@azure/storage-blob') as Sdk
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpoint};`
  const service = BlobServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } })
  return {
    connectionString,
    async container(name) {
      const client = service.getContainerClient(name)
      await client.create()
      return client
    },
    missing: () => service.getContainerClient('missing'),
    async [Symbol.asyncDispose]() {
      process.off('exit', endWithUs)
      await kill(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
