import { join } from 'node:path'
import { z } from 'zod'
import { openEmbedded } from '../../../src/embedded.ts'
import { defineAggregate, defineEvents, repository } from '../../../src/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const CLIENTS = 64

const plain = defineAggregate({
  category: 'plain',
  events: defineEvents({ Registered: z.object({ email: z.string() }) }),
  initial: { email: '' },
  evolve: { Registered: (_, { data }) => data },
})

const unique = defineAggregate({ ...plain, category: 'unique', unique: { email: ({ email }) => email.toLowerCase() } })

/**
 * Commands that each register another customer, with an e-mail address that must be unique, against the same commands
 * of an aggregate where it need not be: from 64 clients, and from one. And what becomes of 64 clients that want the same
 * address at once.
 */
export const uniqueValues: Measure = {
  id: 'unique',
  title: 'commands that claim a unique value',

  async run({ folder, quick, repetitions, until }) {
    const each = quick ? 10 : 100
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    const sides = { plain: repository(storage, plain), unique: repository(storage, unique) }
    let customers = 0

    const rate = async (side: keyof typeof sides, clients: number, count: number): Promise<number> => {
      const register = async () => {
        for (let i = 0; i < count; i++) {
          const id = String(++customers)
          await sides[side].execute(id, () => ({ type: 'Registered', data: { email: `Customer.${id}@example.org` } }))
        }
      }
      const time = await seconds(() => Promise.all(Array.from({ length: clients }, register)))
      return (clients * count) / time
    }
    const rates = await interleave(
      repetitions,
      {
        plain: () => rate('plain', CLIENTS, each),
        unique: () => rate('unique', CLIENTS, each),
        plainAlone: () => rate('plain', 1, each * 5),
        uniqueAlone: () => rate('unique', 1, each * 5),
      },
      until,
    )

    const email = 'wanted@example.org'
    const wanting = Array.from({ length: CLIENTS }, (_, i) =>
      sides.unique.execute(`wanting-${i}`, () => ({ type: 'Registered', data: { email } })),
    )
    const winners = (await Promise.allSettled(wanting)).filter(({ status }) => status === 'fulfilled').length
    return [
      against(
        'the same commands without a unique value',
        row('unique', `unique value, ${CLIENTS} clients: to plain`, ratioOf(rates.unique, rates.plain), 'x', {
          atLeast: 0.45,
        }),
      ),
      against(
        'the same commands without a unique value',
        row('unique-alone', 'unique value, one by one: to plain', ratioOf(rates.uniqueAlone, rates.plainAlone), 'x', {
          atLeast: 0.45,
        }),
      ),
      row('unique-rate', `unique value, ${CLIENTS} clients: commands a second`, summarise(rates.unique), '/s'),
      row('unique-alone-rate', 'unique value, one by one: commands a second', summarise(rates.uniqueAlone), '/s'),
      row('unique-winners', `one value wanted by ${CLIENTS}: clients that got it`, summarise([winners]), '', {
        below: 1.5,
      }),
      row('unique-losers', `one value wanted by ${CLIENTS}: clients that did not`, summarise([CLIENTS - winners]), '', {
        atLeast: CLIENTS - 1,
      }),
    ]
  },
}
