import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import { Inbox } from './handover/inbox.ts'
import type { ThreadMessage, WriterData } from './messages.ts'
import { type OpenWriter, openWriter } from './open-writer.ts'

// A writer thread. It sleeps in Atomics.wait instead of an event loop: so it is awake some microseconds after a batch
// was sent, which is what an append on its own waits for.

const { words, ...data } = workerData as WriterData

function main(port: MessagePort): void {
  let writer: OpenWriter
  try {
    writer = openWriter(data)
  } catch (error) {
    port.postMessage(toFailure(error) satisfies ThreadMessage)
    return
  }
  serve(port, writer.server)
  writer.database.close()
}

function serve(port: MessagePort, server: OpenWriter['server']): void {
  // What is sent to a writer is of its kind.
  const inbox = new Inbox<never, unknown>(words, () => receiveMessageOnPort(port)?.message)
  for (let source = inbox.next(); source !== undefined; source = inbox.next()) {
    inbox.answer(server.write(source))
    // The answers lie in shared memory; this wakes the event loop of those who wait for them.
    port.postMessage(null satisfies ThreadMessage)
    server.tidy()
  }
}

if (parentPort) main(parentPort)
