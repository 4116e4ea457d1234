// A model of a MongoDB server in this process, as far as the adapter goes: documents, unique indexes, transactions with
// write conflicts, sessions whose writes can be repeated, cursors, cluster time. It has one member, no journal, no
// change streams and no query planner, so it shows what the adapter does and nothing about MongoDB.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { BSON, type Document, Long } from 'mongodb'
import { MessageReader, opMsg, type WireMessage } from '../mongo/wire.ts'
import { bodyOf, isOlder, olderReply, writable } from './body.ts'
import { ModelState } from './commands.ts'
import { CommandFailed } from './failures.ts'

/** What becomes of a command instead: an error, an answer with an error beside it, or the end of the connection. */
export type Fate =
  | { readonly code: number; readonly labels?: readonly string[] }
  /** The command is done, but a majority did not confirm it. */
  | { readonly writeConcernError: number; readonly labels?: readonly string[] }
  | 'cutBefore'
  | 'cutAfter'

/** A model of a server, listening on loopback. */
export type MongoModel = AsyncDisposable & {
  readonly uri: string
  /** The commands that came, but for those that a driver sends by itself. */
  readonly commands: readonly Document[]
  /** Decides what becomes of each command that is not of the driver's own. */
  decide(decide: ((name: string, command: Document) => Fate | undefined) | undefined): void
}

const HELLO = new Set(['hello', 'isMaster', 'ismaster'])
const OWN = new Set([...HELLO, 'endSessions'])

/** Starts a model of a server. @param now its clock */
export async function startMongoModel(now: () => number = Date.now): Promise<MongoModel> {
  const state = new ModelState(now)
  const commands: Document[] = []
  const sockets = new Set<Socket>()
  let fateOf: Parameters<MongoModel['decide']>[0]
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const reader = new MessageReader()
    socket.on('data', (chunk) => {
      for (const message of reader.read(chunk)) receive(socket, message)
    })
  })
  function receive(socket: Socket, { bytes, id }: WireMessage): void {
    const command = bodyOf(bytes)
    const name = Object.keys(command)[0] as string
    const isOwn = OWN.has(name)
    if (!isOwn) commands.push(command)
    const fate = isOwn ? undefined : fateOf?.(name, command)
    const answer = fate === 'cutBefore' ? undefined : HELLO.has(name) ? hello() : answerTo(command, fate)
    if (answer === undefined || fate === 'cutAfter') socket.destroy()
    else socket.write(isOlder(bytes) ? olderReply(id, answer) : opMsg(id, id, writable(answer) as Document))
  }
  const answerTo = (command: Document, fate: Fate | undefined): Document => {
    const times = () => ({
      operationTime: state.time,
      $clusterTime: { clusterTime: state.time, signature: NO_SIGNATURE },
    })
    if (typeof fate === 'object' && 'code' in fate) return { ...failure(fate.code, 'decided', fate.labels), ...times() }
    try {
      const answer = state.run(command)
      const decided = typeof fate === 'object' && 'writeConcernError' in fate ? unconfirmed(fate) : {}
      return { ...answer, ...decided, ok: 1, ...times() }
    } catch (error) {
      if (error instanceof CommandFailed) return { ...failure(error.code, error.message, error.labels), ...times() }
      return { ...failure(8, String(error)), ...times() }
    }
  }
  const hello = (): Document => ({
    ok: 1,
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    setName: 'model',
    setVersion: 1,
    hosts: [host()],
    me: host(),
    primary: host(),
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 9,
    version: '4.4.0',
    localTime: new Date(),
    readOnly: false,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    uri: `mongodb://${host()}/?replicaSet=model`,
    commands,
    decide(decide) {
      fateOf = decide
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const NO_SIGNATURE = { hash: new BSON.Binary(Buffer.alloc(20)), keyId: Long.ZERO }

const failure = (code: number, errmsg: string, labels: readonly string[] = []): Document => ({
  ok: 0,
  code,
  codeName: errmsg,
  errmsg,
  ...(labels.length > 0 && { errorLabels: labels }),
})

const unconfirmed = ({
  writeConcernError: code,
  labels = [],
}: {
  writeConcernError: number
  labels?: readonly string[]
}) => ({
  writeConcernError: { code, codeName: 'decided', errmsg: 'waiting for replication' },
  ...(labels.length > 0 && { errorLabels: labels }),
})
