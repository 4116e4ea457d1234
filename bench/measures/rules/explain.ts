import { z } from 'zod'
import { openEmbedded } from '../../../src/embedded.ts'
import { defineEvents, eventStore, type Storage, startProcessor } from '../../../src/index.ts'
import {
  check,
  defineRule,
  explainEvent,
  on,
  propertyChanged,
  type Rule,
  setProperty,
  store,
} from '../../../src/rules/index.ts'
import { type Measure, row } from '../../support/measure.ts'
import { percentile, summarise } from '../../support/statistics.ts'

const SUBJECTS = 100
const CARTS = 100
const EXPLAINED = 500

const cart = defineEvents({ productAdded: z.object({ user: z.string(), product: z.number() }) })
const user = ({ data }: { readonly data: { readonly user: string } }) => `user:${data.user}`
const isEven = check<{ readonly data: { readonly product: number } }>(
  'even',
  ({ event }) => event.data.product % 2 === 0,
)

const recorded: readonly Rule[] = [
  defineRule('last', on(cart, 'productAdded'), {
    from: 'start',
    subject: user,
    when: [isEven],
    then: [setProperty('last', ({ event }) => event.data.product), store('log', ({ event }) => ({ ...event.data }))],
  }),
  defineRule('follows', propertyChanged('last'), { from: 'start', then: [setProperty('seen', () => true)] }),
]
const computed: readonly Rule[] = [
  defineRule('rare', on(cart, 'productAdded'), {
    from: 'start',
    record: 'fired',
    subject: user,
    when: [isEven],
    then: [setProperty('last-even', ({ event }) => event.data.product)],
  }),
]

/** Explains events anywhere in a log to which rules have come, one after another. */
export const explain: Measure = {
  id: 'explain',
  title: 'explanations of events by rules',

  async run({ folder, quick, progress }) {
    const count = quick ? 4_000 : 40_000
    await using storage = await openEmbedded(folder)
    progress(`rules come to ${count.toLocaleString('en-US')} events`)
    await fill(storage, count)
    const times = {
      recorded: await timesOf(storage, recorded, count),
      computed: await timesOf(storage, computed, count),
    }
    return [
      row('explain', 'an event, by what is recorded: p50', summarise([percentile(times.recorded, 0.5)]), 'ms', {
        below: 5,
      }),
      row('explain-p99', 'the same: p99', summarise([percentile(times.recorded, 0.99)]), 'ms'),
      row(
        'explain-computed',
        'an event, half of them computed: p50',
        summarise([percentile(times.computed, 0.5)]),
        'ms',
      ),
    ]
  },
}

/** Fills the log, and lets the rules come to everything. */
async function fill(storage: Storage, count: number): Promise<void> {
  const carts = eventStore(storage, cart)
  const each = count / CARTS
  await Promise.all(
    Array.from({ length: CARTS }, async (_, n) => {
      const events = Array.from({ length: each }, (_, i) =>
        cart.create('productAdded', { user: String((n + i) % SUBJECTS), product: i }),
      )
      await carts.append(`cart:${n}`, events, { expectedVersion: 'noStream' })
    }),
  )
  await using _running = await startProcessor(storage, [...recorded, ...computed], { onError: console.error })
  while (!(await isDone(storage, each))) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Whether the rules have passed the last event of each stream. */
async function isDone(storage: Storage, each: number): Promise<boolean> {
  for (let n = 0; n < CARTS; n++) {
    const { rules } = await explainEvent(storage, [...recorded, ...computed], { streamId: `cart:${n}`, version: each })
    if (rules.some(({ outcome }) => outcome === 'pending')) return false
  }
  return true
}

/** The milliseconds that explanations of events take. */
async function timesOf(storage: Storage, rules: readonly Rule[], count: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < EXPLAINED; i++) {
    const event = { streamId: `cart:${i % CARTS}`, version: 1 + ((i * 7_919) % (count / CARTS)) }
    const begun = performance.now()
    const { rules: explained } = await explainEvent(storage, rules, event)
    times.push(performance.now() - begun)
    if (!explained.every(({ outcome }) => ['fired', 'blocked', 'notOn'].includes(outcome))) {
      throw new Error(`Explained as ${explained.map(({ outcome }) => outcome).join(', ')}`)
    }
  }
  return times
}
