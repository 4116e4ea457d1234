import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Anchor } from '../../../../../src/integrity/heads/anchor.ts'
import type { TreeHead } from '../../../../../src/integrity/heads/head.ts'
import { publishHead } from '../../../../../src/integrity/heads/publishing/publish-head.ts'
import { headIn, parseHead } from '../../../../../src/integrity/notes/head-text.ts'
import { carefulAnchor, gullibleAnchor, hasty, ORIGIN, testDatabase } from '../../../../support/integrity/publishing.ts'
import { newSigner } from '../../../../support/integrity/signers.ts'

const key = newSigner(ORIGIN)

const grow = fc.record({ kind: fc.constant('grow' as const), count: fc.integer({ min: 1, max: 3 }) })
const rewrite = fc.record({
  kind: fc.constant('rewrite' as const),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  added: fc.integer({ min: 0, max: 6 }),
  keepsHead: fc.boolean(),
})
const publish = fc.record({ kind: fc.constant('publish' as const), signer: fc.nat(1) })
const toggle = fc.record({ kind: fc.constant('toggle' as const) })
const step = fc.oneof(
  { weight: 4, arbitrary: publish },
  { weight: 3, arbitrary: grow },
  { weight: 1, arbitrary: rewrite },
  { weight: 2, arbitrary: toggle },
)

test('one after another, signers never sign against an anchor that can be reached, although it believes everything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const database = testDatabase()
      const anchor = gullibleAnchor()
      let size = 0
      for (const one of steps) {
        if (one.kind === 'grow') {
          await database.grow(one.count)
          size += one.count
        } else if (one.kind === 'rewrite') {
          const kept = Math.floor(one.share * size)
          await database.rewrite(kept, one.added, one.keepsHead)
          size = kept + one.added
        } else if (one.kind === 'toggle') {
          anchor.isAway = !anchor.isAway
        } else {
          const sign = async (text: Uint8Array) => {
            if (!anchor.isAway)
              expectAgreement(database, [...anchor.notes.map(headIn), parseHead(`${Buffer.from(text)}`)])
            return key.sign(text)
          }
          const context = {
            ledger: database.ledger,
            origin: ORIGIN,
            signer: { ...key, sign },
            anchors: [anchor],
            clock: hasty,
          }
          await publishHead(context).catch(expectDivergence)
        }
      }
    }),
    { numRuns: 150 },
  )
})

test('whatever happens at the same time, no anchor keeps two heads that contradict each other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 14 }), async (scheduler, steps) => {
      const database = testDatabase()
      const kept = carefulAnchor(database)
      const turn = () => scheduler.schedule(Promise.resolve())
      const anchor: Anchor = {
        name: kept.name,
        publish: async (note) => {
          await turn()
          return kept.publish(note)
        },
        latest: async () => {
          await turn()
          return kept.latest()
        },
      }
      const sign = async (text: Uint8Array) => {
        await turn()
        return key.sign(text)
      }
      const signer = { ...key, sign }
      const context = { ledger: database.ledger, origin: ORIGIN, signer, anchors: [anchor], clock: hasty }
      let size = 0
      const running: Promise<unknown>[] = []
      // What an administrator does is not interrupted, but it happens in between.
      const { task } = scheduler.scheduleSequence(
        steps.map((one) => ({
          label: one.kind,
          builder: async () => {
            if (one.kind === 'grow') {
              await database.grow(one.count)
              size += one.count
            } else if (one.kind === 'rewrite') {
              const before = Math.floor(one.share * size)
              await database.rewrite(before, one.added, one.keepsHead)
              size = before + one.added
            } else if (one.kind === 'toggle') {
              kept.isAway = !kept.isAway
            } else {
              running.push(publishHead(context).catch(expectDivergence))
            }
          },
        })),
      )
      await scheduler.waitFor(task)
      await scheduler.waitFor(Promise.all(running))
      expectAgreement(database, kept.notes.map(headIn))
    }),
    { numRuns: 150 },
  )
})

function expectAgreement(database: ReturnType<typeof testDatabase>, heads: readonly TreeHead[]): void {
  for (const [i, head] of heads.entries()) {
    const before = heads[i - 1]
    if (before !== undefined) expect(database.agree(before, head)).toBe(true)
  }
}

function expectDivergence(error: unknown): void {
  expect(error).toMatchObject({ code: 'ChainDiverged' })
}
