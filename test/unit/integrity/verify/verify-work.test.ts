import { expect, test } from 'vitest'
import { mine } from '../../../../src/integrity/mining/mine.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain, anEvent } from '../../../support/integrity/a-chain.ts'

const BITS = 8
const DAY = 86_400_000

/** A chain of events that were sealed some time ago, in milliseconds. */
async function sealed(age = 0) {
  const storage = openMemory()
  const chain = aChain(storage)
  await storage.events.append('meter:a', [anEvent({ kWh: 1 }), anEvent({ kWh: 2 })], { expectedVersion: 'any' })
  await chain.seal({ at: new Date(Date.now() - age).toISOString() })
  await chain.signHead()
  const verify = (minBits?: number) =>
    chain.verify({ trust: { ...chain.trust(), ...(minBits !== undefined && { minBits }) } })
  return { chain, verify, mine: () => mine(chain.context, { bits: BITS, chunk: 512, poll: 20 }) }
}

test('work that covers the chain is verified, and work that is too easy for the verifier is found', async () => {
  const { verify, mine } = await sealed(2 * DAY)
  await mine()
  expect(await verify(BITS)).toMatchObject({ result: 'clean', findings: [] })
  const report = await verify(BITS + 1)
  expect(report).toMatchObject({ result: 'tampered', counts: { workWrong: 1 } })
})

test('blocks that were sealed more than a day ago without work are a gap, and only for a verifier that asks for work', async () => {
  const { verify } = await sealed(2 * DAY)
  expect(await verify(BITS)).toMatchObject({ result: 'gaps', counts: { workMissing: 1 } })
  expect(await verify()).toMatchObject({ result: 'clean' })
})

test('work over blocks of today may still be under way', async () => {
  const { verify } = await sealed(0.9 * DAY)
  expect(await verify(BITS)).toMatchObject({ result: 'clean', findings: [] })
})

test('a verifier cannot ask for work that is not a number of bits', async () => {
  const { verify } = await sealed()
  for (const bits of [0, 1.5, 129, Number.NaN]) {
    await expect(verify(bits)).rejects.toMatchObject({ code: 'InvalidOption', option: 'minBits' })
  }
})
