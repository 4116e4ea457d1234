import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import type { DocumentAnswer, LogAnswer, ThreadMessage, WriterData } from './messages.ts'
import { type OpenWriter, openWriter } from './open-writer.ts'

// A writer thread. It sleeps in Atomics.wait instead of an event loop, so it wakes a few microseconds after a batch was
// sent, which reduces the latency of a single append. An empty batch ends it.

const { sent, ...data } = workerData as WriterData

function main(port: MessagePort): void {
  let writer: OpenWriter
  try {
    writer = openWriter(data)
  } catch (error) {
    port.postMessage(toFailure(error) satisfies ThreadMessage<never>)
    return
  }
  serve(port, writer.server)
  writer.database.close()
}

// Milliseconds. In a sequence of appends, the next batch arrives sooner than a sleeping thread would wake.
const SPIN = 0.15

/** Waits until `sent` is no longer `seen`. It spins, but only for as long as the previous wait was short. */
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

function serve(port: MessagePort, server: OpenWriter['server']): void {
  const wait = waiter()
  for (;;) {
    const seen = Atomics.load(sent, 0)
    const received = receiveMessageOnPort(port)
    if (received === undefined) {
      wait(seen)
      continue
    }
    // Messages to a writer are of its kind.
    const items: readonly never[] = received.message
    if (items.length === 0) return
    port.postMessage(server.write(items) satisfies ThreadMessage<LogAnswer | DocumentAnswer>)
    server.tidy()
  }
}

if (parentPort) main(parentPort)
