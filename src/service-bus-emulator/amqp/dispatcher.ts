import type { Queue } from '../broker/queue.ts'

/** A link that takes messages of a queue, or waits for a session of it. */
export type Consumer = {
  /** Takes one message. @returns whether there was one, and the link could send it */
  takeOne(): boolean
}

/** Hands out the messages of queues to the links that receive from them, in turn. */
export class Dispatcher {
  readonly #consumers = new Map<Queue, Set<Consumer>>()
  readonly #ready = new Set<Queue>()
  #isScheduled = false
  #isOff = false

  add(queue: Queue, consumer: Consumer): void {
    const consumers = this.#consumers.get(queue) ?? new Set()
    this.#consumers.set(queue, consumers)
    consumers.add(consumer)
    queue.onReady = () => this.wake(queue)
    this.wake(queue)
  }

  remove(queue: Queue, consumer: Consumer): void {
    const consumers = this.#consumers.get(queue)
    consumers?.delete(consumer)
    if (consumers?.size === 0) this.#consumers.delete(queue)
  }

  /** Looks for messages soon: after what is being done, as rhea counts credit when it has written. */
  wake(queue: Queue): void {
    this.#ready.add(queue)
    if (this.#isScheduled || this.#isOff) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      const queues = [...this.#ready]
      this.#ready.clear()
      for (const ready of queues) this.dispatch(ready)
    })
  }

  /** Hands out what can be handed out now, one message for each link in turn. */
  dispatch(queue: Queue): void {
    const consumers = this.#consumers.get(queue)
    if (consumers === undefined || this.#isOff) return
    for (let progress = true; progress; ) {
      progress = false
      for (const consumer of [...consumers]) {
        if (!consumers.has(consumer) || !consumer.takeOne()) continue
        progress = true
        // The next message goes to another link.
        if (consumers.delete(consumer)) consumers.add(consumer)
      }
    }
  }

  off(): void {
    this.#isOff = true
    this.#consumers.clear()
  }
}
