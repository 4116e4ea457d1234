import fc from 'fast-check'
import { expect, it } from 'vitest'
import { eventReference } from '../../../../src/core/events/event-reference.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { explainEvent } from '../../../../src/rules/explain/explain-event.ts'
import {
  call,
  check,
  defineRule,
  emit,
  on,
  propertyChanged,
  type RuleBlocked,
  type RuleFired,
  setProperty,
  store,
} from '../../../../src/rules/index.ts'
import { mortal } from '../../timers/support.ts'
import { add, added, badges, cart, running } from '../support.ts'

const productAdded = on(cart, 'productAdded')
const user = ({ data }: { readonly data: { readonly user_id: string } }) => `user:${data.user_id}`

/** Rules that fire, say no, fail and fire each other, and the calls of their effect. */
function someRules() {
  const mailed = new Set<string>()
  const last = defineRule('last', productAdded, {
    from: 'start',
    attempts: 1,
    subject: (event) => (event.data.user_id === 'nobody' ? null : user(event)),
    when: [
      check('no poison', ({ event }) => {
        if (event.data.product_id === 'poison') throw new Error('poison')
        return true
      }),
      check('another one', ({ event, subject }) => subject.properties.last !== event.data.product_id),
    ],
    then: [
      setProperty('last', ({ event }) => event.data.product_id),
      emit(badges, 'badgeEarned', ({ event }) => ({ badge: event.data.product_id })),
      store('log', ({ event }) => event.data.product_id),
    ],
    effects: [call('mail', ({ subject, subjectVersion }) => void mailed.add(`${subject}@${subjectVersion}`))],
  })
  const tea = defineRule('tea', productAdded, {
    from: 'start',
    record: 'fired',
    subject: user,
    when: [check('tea', ({ event }) => event.data.product_id === 'tea')],
    then: [setProperty('teas', ({ subject }) => Number(subject.properties.teas ?? 0) + 1)],
  })
  const many = defineRule('many', propertyChanged('teas'), {
    from: 'start',
    when: [check('even', ({ event }) => Number(event.data.new) % 2 === 0)],
    then: [setProperty('pairs', ({ event }) => Number(event.data.new) / 2)],
  })
  return { rules: [last, tea, many], mailed }
}

/** What rules recorded, by the rule and the event that it was about. */
async function recordedIn(port: StoragePort, streams: readonly string[]) {
  const found = new Map<
    string,
    { readonly type: string; readonly at: string; readonly data: RuleFired | RuleBlocked }
  >()
  const all: { readonly streamId: string; readonly version: number; readonly type: string }[] = []
  for (const streamId of streams) {
    for (const { stream, eventType: type, eventData } of (await port.events.load(streamId)).events) {
      all.push({ streamId, version: stream.version, type })
      if (type !== '$ruleFired' && type !== '$ruleBlocked') continue
      const data = eventData as RuleFired | RuleBlocked
      const key = `${data.rule} ${eventReference(data.cause.streamId, data.cause.version)}`
      expect(found.has(key), `${key} is recorded twice`).toBe(false)
      found.set(key, { type, at: eventReference(streamId, stream.version), data })
    }
  }
  return { found, all }
}

const STREAMS = ['cart:1', 'cart:2']
const USERS = ['1', '2', 'nobody']
const SUBJECTS = USERS.map((id) => `subject:user:${id}`)

it('the explanation of every event says what the log says, at any moment, whichever processes are killed', async () => {
  const step = fc.record({
    stream: fc.constantFrom(...STREAMS),
    user: fc.constantFrom(...USERS),
    product: fc.constantFrom('tea', 'milk', 'tea', 'poison'),
    dies: fc.option(fc.record({ at: fc.integer({ min: 1, max: 60 }), done: fc.boolean() })),
    pause: fc.integer({ min: 0, max: 1_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const { rules, mailed } = someRules()
      const world = await running(...rules)
      const { port, scheduler, theirs, whileTimePasses } = world
      await using _ = port
      await world.end()
      for (const { stream, user: id, product, dies, pause } of steps) {
        await add(port, stream, added(id, product))
        const process = mortal(theirs, scheduler, dies ?? { at: Number.POSITIVE_INFINITY, done: true })
        const starting = startProcessor(process.port, rules, { clock: process.clock, leaseDuration: 2_000 })
        starting.catch(() => {})
        await world.pass(pause)
        await assertTrue(port, rules, mailed)
        if (dies === null) await whileTimePasses(starting.then((processor) => processor.stop()))
      }
      const processor = await whileTimePasses(
        startProcessor(theirs, rules, { clock: world.clock, leaseDuration: 2_000 }),
      )
      let left = 100
      while ((await assertTrue(port, rules, mailed)).includes('pending') && --left > 0) await world.pass(500)
      expect(left, 'all is processed in the end').toBeGreaterThan(0)
      await whileTimePasses(processor.stop())
    }),
    { numRuns: 30 },
  )
}, 120_000)

async function assertTrue(
  port: StoragePort,
  rules: ReturnType<typeof someRules>['rules'],
  mailed: ReadonlySet<string>,
): Promise<readonly string[]> {
  const outcomes: string[] = []
  const { found, all } = await recordedIn(port, [...STREAMS, ...SUBJECTS])
  for (const { streamId, version } of all) {
    const { rules: explained } = await explainEvent(port, rules, { streamId, version })
    for (const one of explained) {
      outcomes.push(one.outcome)
      const what = `${one.rule} ${eventReference(streamId, version)}`
      const recorded = found.get(what)
      if (recorded?.type === '$ruleFired') {
        expect({ what, outcome: one.outcome, computed: one.computed }).toEqual({
          what,
          outcome: 'fired',
          computed: false,
        })
        const at = eventReference(one.firing?.streamId ?? '', one.firing?.version ?? 0)
        expect(at).toBe(recorded.at)
        for (const { state } of one.effects)
          if (state === 'passed') expect(mailed).toContain(at.replace('subject:', ''))
        if (one.effects.length > 0) outcomes.push(...one.effects.map(({ state }) => state))
      } else if (recorded?.type === '$ruleBlocked') {
        expect({ what, outcome: one.outcome, checks: one.checks }).toEqual({
          what,
          outcome: 'blocked',
          checks: recorded.data.checks,
        })
      } else if (one.outcome === 'blocked') {
        expect(one).toMatchObject({ rule: 'tea', computed: true, blockedBy: 'tea' })
      } else {
        expect(['notOn', 'notConcerned', 'pending', 'notStarted', 'parked', 'held'], what).toContain(one.outcome)
      }
    }
  }
  return outcomes
}
