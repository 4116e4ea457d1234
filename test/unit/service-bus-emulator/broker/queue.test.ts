import fc from 'fast-check'
import rhea from 'rhea'
import { expect, test } from 'vitest'
import { BrokerError } from '../../../../src/service-bus-emulator/broker/broker-error.ts'
import { Namespace } from '../../../../src/service-bus-emulator/broker/namespace.ts'
import type { Queue } from '../../../../src/service-bus-emulator/broker/queue.ts'
import { parseMessage, textOf } from '../../../../src/service-bus-emulator/messages/message.ts'
import { readQueue } from '../../../../src/service-bus-emulator/options/read-entities.ts'
import { NO_STORE } from '../../../../src/service-bus-emulator/store/store.ts'
import { manualClock } from '../../../../src/testing/index.ts'

const NONE = new Map()

function queueOf(options: object) {
  const clock = manualClock()
  const namespace = new Namespace(clock, NO_STORE, { messages: 10_000, bytes: 1e9, entities: 10 })
  return { clock, queue: namespace.createQueue('q', readQueue('q', options)) }
}

const message = (id: string, sessionId?: string) =>
  parseMessage(
    rhea.message.encode({ message_id: id, body: '', ...(sessionId !== undefined && { group_id: sessionId }) } as never),
  )

const idsIn = (queue: Queue | undefined) =>
  [...(queue?.messages.all() ?? [])].map((stored) => textOf(stored.message, 'messageId'))

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'send' } as const) },
  { weight: 3, arbitrary: fc.constant({ do: 'take' } as const) },
  ...(['complete', 'abandon', 'defer', 'deadLetter', 'renew', 'receiveDeferred'] as const).map((name) => ({
    weight: 1,
    arbitrary: fc.nat(5).map((which) => ({ do: name, which }) as const),
  })),
  { weight: 1, arbitrary: fc.nat(40_000).map((milliseconds) => ({ do: 'advance', milliseconds }) as const) },
)

test('whatever receivers do, a message is in exactly one place until it is completed, and is delivered in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, maxDeliveryCount) => {
      const { clock, queue } = queueOf({ lockDuration: 30_000, maxDeliveryCount })
      const completed = new Set<string | undefined>()
      const sent: string[] = []
      let tokens: string[] = []
      for (const one of steps) {
        try {
          if (one.do === 'send') {
            sent.push(`m${sent.length}`)
            queue.send([message(`m${sent.length - 1}`)])
          } else if (one.do === 'take') {
            queue.advance()
            const ready = [...queue.messages.all()].filter(
              ({ state, lock }) => state === 'active' && lock === undefined,
            )
            const taken = queue.take(undefined, false)
            // The one with the lowest number comes first.
            expect(taken?.sequenceNumber).toBe(
              ready.map(({ sequenceNumber }) => sequenceNumber).sort((a, b) => a - b)[0],
            )
            if (taken?.lock !== undefined) tokens.push(taken.lock.token)
          } else if (one.do === 'advance') clock.advance(one.milliseconds)
          else if (one.do === 'receiveDeferred') {
            const deferred = [...queue.messages.all()].filter(
              ({ state, lock }) => state === 'deferred' && lock === undefined,
            )
            const wanted = deferred[one.which % Math.max(1, deferred.length)]
            if (wanted === undefined) continue
            for (const { lock } of queue.takeDeferred([wanted.sequenceNumber], undefined, false))
              if (lock) tokens.push(lock.token)
          } else {
            const token = tokens[one.which % Math.max(1, tokens.length)]
            if (token === undefined) continue
            if (one.do === 'renew') queue.renewLock(token)
            else {
              const held = [...queue.messages.all()].find(({ lock }) => lock?.token === token)
              tokens = tokens.filter((other) => other !== token)
              if (one.do === 'complete') {
                queue.complete(token)
                completed.add(held && textOf(held.message, 'messageId'))
              } else if (one.do === 'abandon') queue.abandon(token, NONE)
              else if (one.do === 'defer') queue.defer(token, NONE)
              else queue.deadLetter(token, { reason: 'test' }, NONE)
            }
          }
        } catch (error) {
          // Only a lock that is over may refuse anything here.
          expect(error).toBeInstanceOf(BrokerError)
          expect((error as BrokerError).condition).toBe('com.microsoft:message-lock-lost')
        }
      }
      const places = [...idsIn(queue), ...idsIn(queue.deadLetters), ...completed]
      expect(places.sort()).toEqual([...sent].sort())
      for (const { deliveryCount } of queue.messages.all()) expect(deliveryCount).toBeLessThan(maxDeliveryCount)
    }),
    { numRuns: 300 },
  )
})

test('a session has one holder, and its messages come in order to that one', () => {
  const holders = Array.from({ length: 3 }, (_, i) => ({
    name: i,
    lost: 0,
    lockLost() {
      this.lost++
    },
  }))
  const act = fc.record({
    holder: fc.nat(2),
    session: fc.constantFrom('a', 'b'),
    do: fc.constantFrom('lock', 'close', 'take', 'send', 'wait'),
  })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { clock, queue } = queueOf({ requiresSession: true, lockDuration: 30_000, maxDeliveryCount: 1_000 })
      const model = new Map<string, { holder: number; until: number }>()
      const heldBy = (session: string) => {
        const held = model.get(session)
        return held !== undefined && held.until > clock.now() ? held.holder : undefined
      }
      let sent = 0
      for (const one of acts) {
        const holder = holders[one.holder]
        if (holder === undefined) continue
        if (one.do === 'send') queue.send([message(`m${sent++}`, one.session)])
        else if (one.do === 'wait') clock.advance(10_000)
        else if (one.do === 'close') {
          queue.advance()
          queue.closeSession(one.session, holder)
          if (heldBy(one.session) === one.holder) model.delete(one.session)
        } else if (one.do === 'lock') {
          const isFree = heldBy(one.session) === undefined
          if (!isFree) expect(() => queue.lockSession(one.session, holder)).toThrow('may be locked by another receiver')
          else model.set(one.session, { holder: one.holder, until: queue.lockSession(one.session, holder) })
        } else if (heldBy(one.session) !== undefined) {
          const taken = queue.take(one.session, false)
          if (taken !== undefined) expect(taken.sessionId).toBe(one.session)
        }
      }
      expect(queue.messages.count).toBe(sent)
      clock.advance(1e9)
      queue.advance()
      expect([...queue.messages.all()].every(({ lock }) => lock === undefined)).toBe(true)
    }),
    { numRuns: 200 },
  )
})
