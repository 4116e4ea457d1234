import type { Delivery } from 'rhea'
import { entityNotFound, sessionLockLost } from '../../broker/broker-error.ts'
import { annotated } from '../../broker/messages/annotated.ts'
import type { Queue } from '../../broker/queue.ts'
import type { SessionHolder } from '../../broker/sessions.ts'
import type { Consumer } from '../dispatcher.ts'
import { dropConnection } from '../drop-connection.ts'
import { type OutgoingLink, reportDrained, roomOf } from '../rhea.ts'
import { amqpError, DETACHED, type ServerContext } from '../server-context.ts'
import { tagOf } from './lock-token.ts'
import { settle } from './settle.ts'

/** A receiver that settles what it gets when it is sent takes no locks. */
const SETTLED = 1

/** A link on which a client receives from a queue, or from one session of it. */
export class Outgoing implements Consumer, SessionHolder {
  readonly #context: ServerContext
  readonly #link: OutgoingLink
  readonly #queue: Queue
  readonly #session: string | undefined
  readonly #removes: boolean
  /** The tokens of the locks of what was sent and not settled, by the numbers of the deliveries. */
  readonly #tokens = new Map<number, string>()

  constructor(context: ServerContext, link: OutgoingLink, queue: Queue, session: string | undefined) {
    this.#context = context
    this.#link = link
    this.#queue = queue
    this.#session = session
    this.#removes = link.snd_settle_mode === SETTLED
  }

  takeOne(): boolean {
    if (this.#context.namespace.find(this.#queue.path) !== this.#queue) return this.#leave()
    if (!this.#link.is_open() || roomOf(this.#link) <= 0) return false
    if (this.#queue.messages.firstReady(this.#session) === undefined) return false
    const fault = this.#context.faultAt({ on: 'receive', entity: this.#queue.path })
    if (fault === 'dropBefore') return this.#drop()
    if (fault === 'detach') return this.#detach()
    const stored = this.#context.run(() => this.#queue.take(this.#session, this.#removes))
    if (stored === undefined) return false
    const token = stored.lock?.token
    if (fault === 'dropAfter') return this.#drop()
    const delivery = this.#link.send(annotated(stored), tagOf(token ?? ''), 0)
    if (token === undefined) (delivery as { settled: boolean }).settled = true
    else this.#tokens.set(delivery.id, token)
    if (fault === 'expiredLock' && token !== undefined) this.#context.run(() => this.#queue.expireLock(token))
    return true
  }

  /** The client says what becomes of a message. */
  onOutcome(delivery: Delivery): void {
    const token = this.#tokens.get(delivery.id)
    if (token === undefined) return
    this.#tokens.delete(delivery.id)
    settle(this.#context, { queue: this.#queue, link: this.#link, delivery, token })
  }

  onCredit(): void {
    this.#context.dispatcher.wake(this.#queue)
  }

  onDrain(): void {
    this.#context.dispatcher.dispatch(this.#queue)
    reportDrained(this.#link)
  }

  lockLost(): void {
    this.#context.dispatcher.remove(this.#queue, this)
    this.#link.close(amqpError(sessionLockLost(`The session lock has expired on the session '${this.#session}'.`)))
  }

  /** The link is gone. */
  close(): void {
    this.#context.dispatcher.remove(this.#queue, this)
    const session = this.#session
    if (session !== undefined) this.#context.run(() => this.#queue.closeSession(session, this))
  }

  /** The entity was removed. */
  #leave(): false {
    this.close()
    this.#link.close(amqpError(entityNotFound(`The messaging entity '${this.#queue.path}' could not be found.`)))
    return false
  }

  #drop(): false {
    this.#context.dispatcher.remove(this.#queue, this)
    dropConnection(this.#link)
    return false
  }

  #detach(): false {
    this.close()
    this.#link.close(DETACHED)
    return false
  }
}
