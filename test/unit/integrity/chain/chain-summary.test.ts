import { expect, test, vi } from 'vitest'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { anEvent } from '../../../support/integrity/a-chain.ts'
import { gullibleAnchor } from '../../../support/integrity/publishing.ts'
import { newSigner } from '../../../support/integrity/signers.ts'

const origin = 'acme/meters'

async function aChainWithAnchor() {
  const storage = openMemory()
  const anchor = gullibleAnchor()
  const signer = newSigner(origin)
  const open = () => openChain(storage, { origin, signer, anchors: [anchor] })
  const grow = async () => {
    await storage.events.append('meter:a', [anEvent()], { expectedVersion: 'any' })
    await chain.sealNow()
  }
  const chain = await open()
  return { storage, anchor, chain, open, grow }
}

test('the summary of a chain contains what another process published, and asks neither the log nor an anchor', async () => {
  const { storage, anchor, chain, open, grow } = await aChainWithAnchor()
  const other = await open()
  expect(await other.summary()).toMatchObject({ size: 0, signed: 0, sealedAt: null, anchors: [{ state: 'current' }] })
  await grow()
  await chain.publish()
  await grow()
  const asked = [vi.spyOn(anchor, 'latest'), vi.spyOn(storage.feed, 'read'), vi.spyOn(storage.feed, 'lag')]
  const { ranges: _, heads, ...length } = await chain.status()
  for (const spy of asked) spy.mockClear()
  const summary = await other.summary()
  expect(summary).toEqual({ ...length, signed: 1, anchors: heads.anchors })
  expect(summary.anchors).toMatchObject([{ name: 'memory', state: 'behind', size: 1, since: length.sealedAt }])
  for (const spy of asked) expect(spy).not.toHaveBeenCalled()
})

test('the summary of a chain says since when an anchor that could not be reached lacks blocks', async () => {
  const { anchor, chain, open, grow } = await aChainWithAnchor()
  await grow()
  anchor.isAway = true
  await chain.publish()
  const { sealedAt, anchors } = await chain.summary()
  expect(anchors).toMatchObject([{ state: 'unavailable', size: 0, since: sealedAt, error: expect.any(String) }])
  // Another process could reach it.
  anchor.isAway = false
  await (await open()).publish()
  expect((await chain.summary()).anchors).toMatchObject([{ state: 'current', size: 1, since: null, error: null }])
})

test('the summary of a chain reads nothing of the chains before it, and its first block only once', async () => {
  const ledger = openMemory()
  for (let generation = 1; generation <= 3; generation++) {
    const chain = await openChain(openMemory(), { origin, ledger })
    if (generation > 1) await chain.restart('restored')
    await chain.context.storage.events.append('meter:a', [anEvent()], { expectedVersion: 0 })
    await chain.sealNow()
  }
  const chain = await openChain(openMemory(), { origin, ledger })
  const read: string[] = []
  const { get, getMany } = ledger.viewStore
  vi.spyOn(ledger.viewStore, 'get').mockImplementation((ref) => {
    read.push(`${ref.version}:${ref.key}`)
    return get(ref)
  })
  vi.spyOn(ledger.viewStore, 'getMany').mockImplementation((projection, version, keys) => {
    read.push(...keys.map((key) => `${version}:${key}`))
    return getMany(projection, version, keys)
  })
  expect(await chain.summary()).toMatchObject({ generation: 3, isOfThisLog: false, restarted: expect.anything() })
  expect(read.filter((key) => /:0$/.test(key))).toEqual(['4:0'])
})

test('the summary of a chain says that it is of another log', async () => {
  const ledger = openMemory()
  const first = openMemory()
  await first.events.append('meter:a', [anEvent()], { expectedVersion: 0 })
  await (await openChain(first, { origin, ledger })).sealNow()
  const chain = await openChain(openMemory(), { origin, ledger })
  expect(await chain.summary()).toMatchObject({ isOfThisLog: false, size: 1 })
})
