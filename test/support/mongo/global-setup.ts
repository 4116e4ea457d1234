// One server a run, started when the first test asks for it, so that a run of other tests does not wait for it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type Mongod, startMongod } from './mongod.ts'

/** What a test that asks is answered: where a server is, or why there is none. */
export type FoundServer = { readonly uri: string } | { readonly missing: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for a server. */
    mongo: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let mongod: Mongod | undefined
  let found: Promise<FoundServer> | undefined
  const find = async (): Promise<FoundServer> => {
    const uri = process.env.MONGODB_URI
    if (uri !== undefined && uri !== '') return { uri }
    try {
      mongod = await startMongod()
      return { uri: mongod.uri }
    } catch (error) {
      const missing = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
      process.stderr.write(`\n${complaint(missing)}\n\n`)
      return { missing }
    }
  }
  const server = createServer(async (_, response) => {
    found ??= find()
    response.setHeader('connection', 'close').end(JSON.stringify(await found))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('mongo', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    await found
    await mongod?.stop()
  }
}

const complaint = (reason: string): string =>
  `!!! THE MONGODB SUITE DID NOT RUN: ${reason} Set MONGODB_URI to a replica set, or MONGOMS_SYSTEM_BINARY to a mongod; npm run test:mongo then fails instead of skipping.`
