import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Database } from '../sqlite/database.ts'
import { DocumentWriter } from './document-writer.ts'
import { type BatchWriter, commitBatch, toFailure } from './group-commit.ts'
import { LogWriter } from './log-writer.ts'
import type { DocumentAnswer, DocumentItem, LogAnswer, LogItem, Started, WriterData } from './messages.ts'
import { WalKeeper } from './wal-keeper.ts'

// A writer thread. It sleeps in Atomics.wait instead of an event loop: so it is awake some microseconds after a batch
// was sent, which is what an append on its own waits for. A batch of nothing ends it.

const { kind, path, busyTimeout, sent } = workerData as WriterData

function main(port: MessagePort): void {
  let database: Database
  try {
    database = new Database(path, busyTimeout)
    database.configure()
  } catch (error) {
    port.postMessage(toFailure(error) satisfies Started)
    return
  }
  port.postMessage('ready' satisfies Started)
  if (kind === 'log') serve(port, database, new LogWriter(database))
  else serve(port, database, new DocumentWriter(database))
  database.close()
}

// Milliseconds. Where one append follows the other, the next batch is here sooner than a sleeper would be awake.
const SPIN = 0.15

/** Waits until `sent` is not `seen` any more. It spins, but only as long as the wait before was no longer than that. */
function waiter(): (seen: number) => void {
  let before = Number.POSITIVE_INFINITY
  return (seen) => {
    const began = performance.now()
    if (before < SPIN) {
      for (let now = began; now - began < SPIN && Atomics.load(sent, 0) === seen; ) now = performance.now()
    }
    Atomics.wait(sent, 0, seen)
    before = performance.now() - began
  }
}

function serve<Item extends LogItem | DocumentItem, Answer extends LogAnswer | DocumentAnswer>(
  port: MessagePort,
  database: Database,
  writer: BatchWriter<Item, Answer>,
): void {
  const wal = new WalKeeper(database)
  const wait = waiter()
  for (;;) {
    const seen = Atomics.load(sent, 0)
    const received = receiveMessageOnPort(port)
    if (received === undefined) {
      wait(seen)
      continue
    }
    const items: readonly Item[] = received.message
    if (items.length === 0) return
    port.postMessage(commitBatch(database, writer, items))
    wal.tend()
  }
}

if (parentPort) main(parentPort)
