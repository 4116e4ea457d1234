import { appendEvents } from '../../../src/core/append/append-events.ts'
import { uuidOf } from '../../../src/core/append/uuid.ts'
import { PROPERTY_CHANGED, RULE_FIRED } from '../../../src/core/port/event-document.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { defineReaction, type Reaction, startProcessor } from '../../../src/index.ts'
import { check, defineRule, on, setProperty, subjectStream } from '../../../src/rules/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { type Reading, readingEvents } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

type Storage = Awaited<ReturnType<typeof openEmbedded>>
type Event = { readonly data: Reading }

// Subjects that many streams meet in, and one for each stream, which mostly has to be loaded.
const SUBJECTS = {
  few: ({ data }: Event) => data.meterId.slice(-2),
  many: ({ data }: Event) => data.meterId,
} as const

/**
 * A rule that sets a property for each event of one feed, beside a bare reaction that appends the same two events without
 * a look at the subject, every round under a new name.
 */
export const rules: Measure = {
  id: 'rules',
  title: 'rules beside a bare reaction that appends the same',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 1_000 : 10_000
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    await seedEvents(storage, count)

    /** Events a second until as many appends as there are events have ended. */
    async function rateOf(define: (storage: Storage) => readonly Reaction[]): Promise<number> {
      const done = Promise.withResolvers<void>()
      let appends = 0
      const events: Storage['events'] = {
        ...storage.events,
        async append(...parameters) {
          const result = await storage.events.append(...parameters)
          if (++appends === count) done.resolve()
          return result
        },
      }
      const counted = { ...storage, events }
      const time = await seconds(async () => {
        const options = { onError: (error: unknown) => console.error(error) }
        await using _running = await startProcessor(counted, define(counted), options)
        await done.promise
      })
      return count / time
    }

    const rule = (round: number, kind: keyof typeof SUBJECTS) =>
      rateOf((port) => {
        const subject = (event: Event) => `${kind}${round}:${SUBJECTS[kind](event)}`
        return defineRule(`${kind}-${round}`, on(readingEvents, 'ReadingTaken'), {
          from: 'start',
          subject,
          when: [check('is measured or estimated', ({ event }) => event.data.quality !== '')],
          then: [setProperty('register', ({ event }) => event.data.register)],
        }).reactions(port)
      })

    const bare = (round: number) =>
      rateOf((port) => [
        defineReaction(`bare-${round}`, {
          events: readingEvents,
          from: 'start',
          on: {
            ReadingTaken: async ({ data, streamId, version, type, metadata }, { idempotencyKey: key }) => {
              const { eventId } = metadata
              const cause = { streamId, version, eventId, type }
              const checks = [{ name: 'is measured or estimated', passed: true }]
              const change = { name: 'register', old: data.register - 1, new: data.register }
              const fired = { rule: `bare-${round}`, version: 1, cause, checks, depth: 0 }
              const document = (eventType: string, eventData: typeof change | typeof fired, id: string) => ({
                eventType,
                eventData,
                metadata: { causationId: eventId, commandId: key, eventId: uuidOf(key, id) },
              })
              const documents = [document(PROPERTY_CHANGED, change, '1'), document(RULE_FIRED, fired, '0')]
              const subject = subjectStream(`bare${round}:${SUBJECTS.few({ data })}`)
              await appendEvents(port, subject, documents, { expectedVersion: 'any' })
            },
          },
        }),
      ])

    const { few, many, plain } = await interleave(
      repetitions,
      { few: (round) => rule(round, 'few'), many: (round) => rule(round, 'many'), plain: bare },
      until,
    )
    return [
      row('rules', 'a rule to a bare reaction, 100 subjects', ratioOf(few, plain), 'x', { atLeast: 0.5 }),
      row('rules-many', 'a rule to a bare reaction, a subject for each stream', ratioOf(many, plain), 'x'),
      row('rules-rate', 'a rule, 100 subjects: events a second', summarise(few), '/s'),
      row('rules-bare-rate', 'a bare reaction: events a second', summarise(plain), '/s'),
    ]
  },
}
