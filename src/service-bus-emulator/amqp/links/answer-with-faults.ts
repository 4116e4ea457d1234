import type { FaultPoint } from '../../faults/fault.ts'
import { dropConnection } from '../drop-connection.ts'
import type { IncomingLink, OutgoingLink } from '../rhea.ts'
import { DETACHED, type ServerContext } from '../server-context.ts'

/** How an operation of a client is handled and answered. */
export type Exchange<Answer> = {
  readonly point: FaultPoint
  readonly link: IncomingLink | OutgoingLink
  /** The answer of a broker that is throttled. */
  readonly busy: () => Answer
  /** @param isExpired whether the lock is to end first */
  readonly handle: (isExpired: boolean) => Answer
  readonly reply: (answer: Answer) => void
  /** What is left to do without a reply. */
  readonly keepSilent?: () => void
}

/** Handles an operation, with what goes wrong with it. */
export function answerWithFaults<Answer>(context: ServerContext, exchange: Exchange<Answer>): void {
  const { point, link, busy, handle, reply, keepSilent } = exchange
  const fault = context.faultAt(point)
  if (fault === 'dropBefore') dropConnection(link)
  else if (fault === 'detach') link.close(DETACHED)
  else if (fault === 'busy') reply(busy())
  else {
    const answer = handle(fault === 'expiredLock')
    if (fault === 'dropAfter') dropConnection(link)
    else if (fault === 'lostReply') keepSilent?.()
    else reply(answer)
  }
}
