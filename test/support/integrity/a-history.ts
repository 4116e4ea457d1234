import fc from 'fast-check'
import { StreamDeleted, StreamNotFound } from '../../../src/core/errors/append.ts'
import type { MemoryStorage } from '../../../src/testing/memory/index.ts'
import { anEvent, type TestChain } from './a-chain.ts'

/** What happens to a log and its chain, in an order that a property test chooses. */
export type Step =
  | { readonly do: 'append'; readonly stream: number; readonly events: number; readonly salted: boolean }
  | { readonly do: 'delete'; readonly stream: number }
  | { readonly do: 'erase'; readonly stream: number; readonly events: number }
  | { readonly do: 'split'; readonly at: number }
  | { readonly do: 'seal'; readonly events: number; readonly blocks: number }

const stream = fc.nat({ max: 7 })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream,
      events: fc.integer({ min: 1, max: 5 }),
      salted: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), stream }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('erase' as const), stream, events: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('split' as const), at: fc.nat({ max: 0x3fffffff }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('seal' as const),
      events: fc.integer({ min: 1, max: 12 }),
      blocks: fc.integer({ min: 1, max: 3 }),
    }),
  },
)

/** Steps of a history. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 40 })

const streamName = (stream: number): string => `meter:${stream}`

/** Takes a step. What a log refuses does not happen. */
export async function take(storage: MemoryStorage, chain: TestChain, step: Step): Promise<void> {
  try {
    switch (step.do) {
      case 'append': {
        const events = Array.from({ length: step.events }, (_, i) => anEvent({ i, text: 'ä"\\' }, step))
        await storage.events.append(streamName(step.stream), events, { expectedVersion: 'any' })
        break
      }
      case 'delete':
        await storage.events.tombstone(streamName(step.stream), anEvent(), { expectedVersion: 'any' })
        break
      case 'erase':
        await storage.events.erase(streamName(step.stream), { limit: step.events })
        break
      case 'split':
        storage.split(step.at.toString(16).toUpperCase().padStart(8, '0'))
        break
      case 'seal':
        await chain.seal(step)
        break
    }
  } catch (error) {
    if (!(error instanceof StreamDeleted || error instanceof StreamNotFound)) throw error
  }
}
