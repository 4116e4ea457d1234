import { setTimeout as sleep } from 'node:timers/promises'
import { type Document, MongoClient } from 'mongodb'
import { type Member, makeMember } from '../../../bench/support/mongo/member.ts'
import { findMongod } from '../../../bench/support/mongo/mongod.ts'

/** A replica set of several servers of our own, which elect another primary soon. */
export type ReplicaSet = AsyncDisposable & {
  readonly uri: string
  readonly members: readonly Member[]
  /** Waits until there is a primary that all who can be asked agree about. */
  primary(): Promise<Member>
  /** Waits until all members are up, and have made up for what they missed. */
  whole(): Promise<void>
}

const SET = 'tidemark-many'

// Milliseconds without word from a primary until another one stands for election: as short as heartbeats allow.
const ELECTION = 2000
const HEARTBEAT = 500

const PATIENCE = 60_000

/** Starts a replica set on loopback. @throws Error that says why it cannot be */
export async function startReplicaSet(size: number, ...parameters: readonly string[]): Promise<ReplicaSet> {
  await findMongod()
  const members: Member[] = []
  const stop = async () => {
    for (const member of members) member.signal('SIGCONT')
    await Promise.all(members.map((member) => member.stop()))
  }
  try {
    for (let i = 0; i < size; i++) {
      const member = await makeMember(SET, { parameters })
      members.push(member)
      await member.start()
    }
    await initiate(members)
    await findPrimary(members)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    uri: `mongodb://${members.map(({ port }) => `127.0.0.1:${port}`).join(',')}/?replicaSet=${SET}`,
    members,
    primary: () => findPrimary(members),
    whole: () => untilWhole(members),
    [Symbol.asyncDispose]: stop,
  }
}

async function initiate(members: readonly Member[]): Promise<void> {
  const config = {
    _id: SET,
    members: members.map(({ port }, _id) => ({ _id, host: `127.0.0.1:${port}` })),
    settings: { electionTimeoutMillis: ELECTION, heartbeatIntervalMillis: HEARTBEAT },
  }
  await ask(members[0] as Member, (client) => client.db('admin').command({ replSetInitiate: config }))
}

/** What each member says of itself; nothing, where it does not answer. */
const statesOf = (members: readonly Member[]): Promise<(Document | undefined)[]> =>
  Promise.all(
    members.map((member) =>
      ask(member, (client) => client.db('admin').command({ isMaster: 1 })).catch(() => undefined),
    ),
  )

async function findPrimary(members: readonly Member[]): Promise<Member> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    const told = await statesOf(members)
    const found = members.find((_, i) => told[i]?.ismaster === true)
    const agreed = told.every((one) => one === undefined || one.primary === `127.0.0.1:${found?.port}`)
    if (found && agreed) return found
  }
  throw new Error('There is no primary')
}

// A member that has something to take back says that it is well until it finds out; but it confirms nothing before.
async function untilWhole(members: readonly Member[]): Promise<void> {
  const primary = await findPrimary(members)
  const writeConcern = { w: members.length, wtimeoutMS: PATIENCE }
  await using client = new MongoClient(`mongodb://127.0.0.1:${primary.port}/?directConnection=true`)
  await client.db('whole').collection('confirmed').insertOne({}, { writeConcern })
}

async function ask<T>({ port }: Member, question: (client: MongoClient) => Promise<T>): Promise<T> {
  const patience = { serverSelectionTimeoutMS: 1000, connectTimeoutMS: 1000, socketTimeoutMS: 5000 }
  await using client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, patience)
  return await question(client)
}
