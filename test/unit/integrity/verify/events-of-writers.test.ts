import { expect, test } from 'vitest'
import { stampEvents } from '../../../../src/core/events/stamp-events.ts'
import { formatHead } from '../../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../../src/integrity/notes/sign-note.ts'
import { writerKeyOf } from '../../../../src/integrity/writer-seal/writer-key.ts'
import { writerSeal } from '../../../../src/integrity/writer-seal/writer-seal.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain, anEvent, found } from '../../../support/integrity/a-chain.ts'

/** A log in which a writer sealed the first event of a stream, and then somebody else put two into it. */
async function aLogOfTwoWriters() {
  const key = writerKeyOf('ed25519', new Uint8Array(32).fill(7))
  const other = writerKeyOf('ed25519', new Uint8Array(32).fill(8))
  const storage = openMemory()
  const append = async (by: typeof key, version: number) => {
    const events = stampEvents(writerSeal(by), 'meter:a', [anEvent({}, { salted: false })], version)
    await storage.events.append('meter:a', events, { expectedVersion: version })
  }
  await append(key, 0)
  await storage.events.append('meter:a', [anEvent()], { expectedVersion: 1 })
  await append(other, 2)
  const chain = aChain(storage)
  const trust = () => ({ ...chain.trust(), writers: [key.verifier as string] })
  return { chain, trust }
}

test('an event that no writer sealed is found before and after the chain contains it', async () => {
  const { chain, trust } = await aLogOfTwoWriters()
  const expected = ['writerSealMissing meter:a@2', 'writerSealWrong meter:a@3']
  const early = found(await chain.verify({ trust: { ...trust(), notes: [] } }))
  expect([...early].sort()).toEqual(['untrusted', ...expected])
  await chain.seal()
  await chain.signHead()
  for (const by of ['feed', 'stream'] as const) {
    const report = await chain.verify({ trust: trust(), by })
    expect([report.result, found(report)]).toEqual(['tampered', expected.map((one) => `${one} #0`)])
  }
})

test('the seals of writers are not looked at without their keys', async () => {
  const { chain } = await aLogOfTwoWriters()
  await chain.seal()
  await chain.signHead()
  expect((await chain.verify()).result).toBe('clean')
})

test('events that were sealed before a kept head need no seal of a writer, and later ones do', async () => {
  const key = writerKeyOf('ed25519', new Uint8Array(32).fill(7))
  const storage = openMemory()
  const chain = aChain(storage)
  await storage.events.append('meter:a', [anEvent(), anEvent()], { expectedVersion: 0 })
  await chain.seal()
  const writersSince = await chain.signHead()
  const sealed = stampEvents(writerSeal(key), 'meter:a', [anEvent({}, { salted: false })], 2)
  await storage.events.append('meter:a', sealed, { expectedVersion: 2 })
  await chain.seal()
  await chain.signHead()
  const trust = () => ({ ...chain.trust(), writers: [key.verifier as string], writersSince })
  for (const by of ['feed', 'stream'] as const) {
    expect(found(await chain.verify({ trust: trust(), by }))).toEqual([])
    const { result, counts } = await chain.verify({ trust: { ...trust(), writersSince: undefined } as never, by })
    expect([result, counts]).toEqual(['tampered', { writerSealMissing: 2 }])
  }
  await storage.events.append('meter:b', [anEvent()], { expectedVersion: 0 })
  expect(found(await chain.verify({ trust: trust() }))).toEqual(['writerSealMissing meter:b@1'])
  await chain.seal()
  await chain.signHead()
  for (const by of ['feed', 'stream'] as const) {
    expect(found(await chain.verify({ trust: trust(), by }))).toEqual(['writerSealMissing meter:b@1 #2'])
  }
})

test('a head from before writers had keys must be one of this ledger, signed, and used with their keys', async () => {
  const { chain, trust } = await aLogOfTwoWriters()
  await chain.seal()
  const writersSince = await chain.signHead()
  const verifyWith = (more: object) => chain.verify({ trust: { ...trust(), writersSince, ...more } })
  // A wrong seal is wrong, wherever it is.
  expect(found(await verifyWith({}))).toEqual(['writerSealWrong meter:a@3 #0'])
  await expect(verifyWith({ writers: [] })).rejects.toMatchObject({ code: 'InvalidOption' })
  const stranger = aChain(openMemory())
  await stranger.seal()
  await expect(verifyWith({ writersSince: await stranger.signHead() })).rejects.toMatchObject({ code: 'InvalidNote' })
  const root = new Uint8Array(32)
  const fork = await signNote(formatHead({ origin: chain.context.origin, size: 1, root }), chain.signer)
  expect((await verifyWith({ writersSince: fork })).counts).toMatchObject({ fork: 1 })
  const longer = await signNote(formatHead({ origin: chain.context.origin, size: 9, root }), chain.signer)
  expect((await verifyWith({ writersSince: longer })).counts).toMatchObject({ rollback: 1 })
  const elsewhere = await signNote(formatHead({ origin: 'acme/meters/2', size: 1, root }), chain.signer)
  await expect(verifyWith({ writersSince: elsewhere })).rejects.toMatchObject({ code: 'ForeignOrigin' })
})
