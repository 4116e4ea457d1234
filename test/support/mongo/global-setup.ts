// One server a run, started when the first test asks for it, so that a run of other tests does not wait for it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MongoClient } from 'mongodb'
import type { TestProject } from 'vitest/node'
import { findMongod, type Mongod, startMongod } from '../../../bench/support/mongo/mongod.ts'

/** What a test that asks is answered: what it asked for, or why there is none. */
export type Found = { readonly found: string } | { readonly missing: string }

/** What can be asked for: the connection string of the run's server, or the program to start other servers with. */
export type Wanted = 'server' | 'program'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask. */
    mongo: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { MONGODB_URI: given = '' } = process.env
  let mongod: Mongod | undefined
  let program: Promise<string> | undefined
  const findProgram = () => {
    program ??= toldWhyNot(findMongod(), given)
    return program
  }
  const find: Readonly<Record<Wanted, () => Promise<string>>> = {
    program: findProgram,
    async server() {
      if (given !== '') return answering(given)
      await findProgram()
      // What a cut connection leaves open holds its streams for so long.
      const parameters = ['--setParameter', 'transactionLifetimeLimitSeconds=5']
      mongod = await toldWhyNot(startMongod({ parameters }), given)
      return mongod.uri
    },
  }
  const answers = new Map<Wanted, Promise<Found>>()
  const server = createServer(async ({ url = '' }, response) => {
    const wanted = url.slice(1) as Wanted
    const answer = answers.get(wanted) ?? orWhyNot(find[wanted]())
    answers.set(wanted, answer)
    response.setHeader('connection', 'close').end(JSON.stringify(await answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('mongo', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    await Promise.all(answers.values())
    await mongod?.stop()
  }
}

/** A server that is given and does not answer is a mistake, which shows at once and not after each test's own time. */
async function answering(given: string): Promise<string> {
  await using client = new MongoClient(given, { serverSelectionTimeoutMS: 10_000 })
  await client.connect()
  return given
}

async function orWhyNot(finding: Promise<string>): Promise<Found> {
  try {
    return { found: await finding }
  } catch (error) {
    return { missing: whyOf(error) }
  }
}

const whyOf = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)

async function toldWhyNot<T>(finding: Promise<T>, given: string): Promise<T> {
  try {
    return await finding
  } catch (error) {
    const [what, how] =
      given === ''
        ? ['THE MONGODB SUITE', ' or MONGODB_URI to a replica set; npm run test:mongo fails instead']
        : ['WHAT KILLS A MONGODB SERVER', '']
    const line = `!!! ${what} DID NOT RUN, for there is no mongod (${whyOf(error)}): set MONGOMS_SYSTEM_BINARY to one${how}`
    process.stderr.write(`\n${line}\n\n`)
    throw error
  }
}
