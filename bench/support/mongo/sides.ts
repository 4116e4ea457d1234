import { eventStore } from '../../../src/index.ts'
import type { EmmettPeer } from '../emmett/install.ts'
import { readingEvents } from '../sample-events.ts'
import { type Appenders, type AppendOne, appendersOf } from './appenders.ts'
import { benchDatabase } from './database.ts'
import { openEmmett } from './emmett.ts'
import { openRawLog } from './raw-log.ts'

/** Ways to append, each into a database of its own. */
export type Sides = AsyncDisposable & {
  tidemark(appenders: number): Appenders
  /** One appender, with a transaction by hand. */
  byHand(): Appenders
  /** Each event is inserted, and nothing else. */
  inserts(appenders: number): Appenders
  /** Undefined where it could not be installed. */
  readonly emmett: ((appenders: number) => Appenders) | undefined
}

/**
 * Makes a database for each way to append. All have the same collections with the same indexes and validators, but for
 * emmett, which makes its own.
 *
 * @param uri the server's connection string
 */
export async function openSides(uri: string, emmett: EmmettPeer | null): Promise<Sides> {
  await using stack = new AsyncDisposableStack()
  const [ours, byHand, inserted] = [benchDatabase(uri), benchDatabase(uri), benchDatabase(uri)] as const
  for (const database of [ours, byHand, inserted]) stack.use(database)
  const store = eventStore(await ours.open(), readingEvents)
  await byHand.open()
  await inserted.open()
  const raw = stack.use(openRawLog(byHand))
  const floor = stack.use(openRawLog(inserted))
  const peer = emmett && stack.use(await openEmmett(uri, `${ours.name}_emmett`))
  const begun = stack.move()
  const into =
    (append: AppendOne) =>
    (count: number): Appenders =>
      appendersOf('', count, append)
  return {
    tidemark: into((id, event, expectedVersion) => store.append(id, [event], { expectedVersion })),
    byHand: () => appendersOf('', 1, raw.append),
    inserts: into((id, event, expected) => floor.insert(id, event, expected + 1)),
    emmett: peer
      ? into((id, event, expected) => peer.appendToStream(id, [event], { expectedStreamVersion: BigInt(expected) }))
      : undefined,
    [Symbol.asyncDispose]: () => begun.disposeAsync(),
  }
}
