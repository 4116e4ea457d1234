import { messageNotFound } from '../broker-error.ts'
import { Heap } from './heap.ts'
import type { StoredMessage } from './stored-message.ts'

/** The messages of one entity: by sequence number, by session, and by what is due when. */
export class MessageList {
  readonly #messages = new Map<number, StoredMessage>()
  readonly #ready = new Map<string | undefined, Heap<StoredMessage>>()
  readonly #scheduled = new Heap<StoredMessage>()
  readonly #expiring = new Heap<StoredMessage>()
  readonly #bySession: boolean
  #bytes = 0
  #inOrder = true
  #last = 0

  /** @param bySession whether messages are taken from one session at a time */
  constructor(bySession: boolean) {
    this.#bySession = bySession
  }

  get count(): number {
    return this.#messages.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(sequenceNumber: number): StoredMessage | undefined {
    return this.#messages.get(sequenceNumber)
  }

  /** Scheduled messages by their numbers. @throws BrokerError if one is not there, or active already */
  scheduled(sequenceNumbers: readonly number[]): StoredMessage[] {
    return sequenceNumbers.map((number) => {
      const stored = this.#messages.get(number)
      if (stored?.state === 'scheduled') return stored
      throw messageNotFound(`Failed to find the scheduled message ${number} to cancel.`)
    })
  }

  all(): IterableIterator<StoredMessage> {
    return this.#messages.values()
  }

  add(stored: StoredMessage): void {
    this.#messages.set(stored.sequenceNumber, stored)
    this.#bytes += stored.size
    // A dead-lettered message keeps its number, so it may arrive behind a greater one.
    if (stored.sequenceNumber < this.#last) this.#inOrder = false
    this.#last = Math.max(this.#last, stored.sequenceNumber)
    if (stored.state === 'scheduled') this.#scheduled.push(stored.dueAt, stored)
    else if (stored.expiresAt < Number.POSITIVE_INFINITY) this.#expiring.push(stored.expiresAt, stored)
    this.makeReady(stored)
  }

  remove(stored: StoredMessage): void {
    if (this.#messages.delete(stored.sequenceNumber)) this.#bytes -= stored.size
  }

  /** Puts a message that can be received back to where its number belongs. */
  makeReady(stored: StoredMessage): void {
    if (!this.#isReady(stored)) return
    const session = this.#bySession ? stored.sessionId : undefined
    const heap = this.#ready.get(session) ?? new Heap()
    this.#ready.set(session, heap)
    heap.push(stored.sequenceNumber, stored)
  }

  /** The first message that can be received. @param session its session, where the entity has sessions */
  firstReady(session: string | undefined): StoredMessage | undefined {
    const heap = this.#ready.get(session)
    for (let top = heap?.peek(); heap !== undefined && top !== undefined; top = heap.peek()) {
      if (this.#isReady(top.item)) return top.item
      heap.pop()
    }
    this.#ready.delete(session)
    return undefined
  }

  /** The sessions that have messages that can be received, the longest waiting first. */
  *readySessions(): Generator<string> {
    for (const session of [...this.#ready.keys()]) {
      if (session !== undefined && this.firstReady(session) !== undefined) yield session
    }
  }

  /** Up to `count` messages from a sequence number on, those of one session if it is given. */
  peek(from: number, count: number, session?: string): StoredMessage[] {
    const found: StoredMessage[] = []
    for (const stored of this.#inOrder ? this.#messages.values() : this.#sorted()) {
      if (found.length >= count) break
      if (stored.sequenceNumber >= from && (session === undefined || stored.sessionId === session)) found.push(stored)
    }
    return found
  }

  /** Takes out a scheduled message whose time has come. */
  nextDue(now: number): StoredMessage | undefined {
    return this.#next(this.#scheduled, now, (stored) => stored.state === 'scheduled')
  }

  /** A message that has expired. One that is locked is skipped: it expires when it is released. */
  nextExpired(now: number): StoredMessage | undefined {
    return this.#next(this.#expiring, now, (stored) => stored.state === 'active' && stored.lock === undefined)
  }

  /** When the next message becomes active or expires. */
  get dueAt(): number {
    return Math.min(
      this.#scheduled.peek()?.key ?? Number.POSITIVE_INFINITY,
      this.#expiring.peek()?.key ?? Number.POSITIVE_INFINITY,
    )
  }

  #next(heap: Heap<StoredMessage>, now: number, counts: (stored: StoredMessage) => boolean): StoredMessage | undefined {
    for (let top = heap.peek(); top !== undefined && top.key <= now; top = heap.peek()) {
      heap.pop()
      if (this.#messages.get(top.item.sequenceNumber) === top.item && counts(top.item)) return top.item
    }
    return undefined
  }

  #isReady(stored: StoredMessage): boolean {
    const isHere = this.#messages.get(stored.sequenceNumber) === stored
    return isHere && stored.state === 'active' && stored.lock === undefined
  }

  #sorted(): StoredMessage[] {
    return [...this.#messages.values()].sort((a, b) => a.sequenceNumber - b.sequenceNumber)
  }
}
