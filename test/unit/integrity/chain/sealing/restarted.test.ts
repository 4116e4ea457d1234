import { beforeEach, describe, expect, test } from 'vitest'
import { publishHead } from '../../../../../src/integrity/heads/publishing/publish-head.ts'
import type { Signer } from '../../../../../src/integrity/heads/signer.ts'
import { type Chain, openChain } from '../../../../../src/integrity/open-chain.ts'
import type { Finding } from '../../../../../src/integrity/verify/report.ts'
import { verifyChain } from '../../../../../src/integrity/verify/verify-chain.ts'
import { type MemoryStorage, openMemory } from '../../../../../src/testing/memory/index.ts'
import { anEvent } from '../../../../support/integrity/a-chain.ts'
import { newSigner } from '../../../../support/integrity/signers.ts'

const ORIGIN = 'acme/meters'

let ledger: MemoryStorage
let signer: Signer
let before: string

beforeEach(async () => {
  signer = newSigner(ORIGIN)
  ledger = openMemory()
  const chain = await openChain(await aLog(4), { origin: ORIGIN, ledger, signer })
  await chain.sealNow()
  before = (await publishHead(chain.context)).note as string
})

async function aLog(events: number): Promise<MemoryStorage> {
  const storage = openMemory()
  for (let i = 0; i < events; i++) await storage.events.append('meter:a', [anEvent()], { expectedVersion: 'any' })
  return storage
}

async function restarted(by: Signer | undefined): Promise<Chain> {
  const restored = await aLog(3)
  const chain = await openChain(restored, { origin: ORIGIN, ledger, ...(by && { signer: by }) })
  await chain.restart('restored')
  await chain.sealNow()
  return openChain(restored, { origin: ORIGIN, ledger, signer })
}

async function verify({ context }: Chain, notes: readonly string[]): Promise<readonly string[]> {
  const report = await verifyChain(context, { trust: { origin: ORIGIN, keys: [signer.verifierKey], notes } })
  return [report.result, ...report.findings.map(({ severity, code }: Finding) => `${severity} ${code}`)]
}

describe('a chain that was restarted', () => {
  test('by who has the key is signed, and verified with a notice for ever', async () => {
    const chain = await restarted(signer)
    const { note } = await publishHead(chain.context)
    expect(await verify(chain, [note as string])).toEqual(['clean', 'notice restarted'])
  })

  test.each([
    ['without a key', () => undefined],
    ['with another key', () => newSigner(ORIGIN)],
  ])('%s is not signed, and not verified', async (_, by) => {
    const chain = await restarted(by())
    await expect(publishHead(chain.context)).rejects.toMatchObject({ code: 'ChainDiverged' })
    expect(await verify(chain, [])).toEqual([
      'tampered',
      'notice restarted',
      'tampered signatureMissing',
      'gap untrusted',
    ])
  })

  test('and says something else than what was signed is not verified', async () => {
    const chain = await restarted(signer)
    const id = '$chain:2:0'
    const stored = ledger.state.views.get(id)
    ledger.state.views.set(id, {
      ...stored,
      json: stored?.json.replace('"restored"', '"rewritten"'),
    } as typeof stored & {})
    expect(await verify(chain, [])).toContain('tampered signatureWrong')
  })

  test('is compared with what was signed before it was', async () => {
    const chain = await restarted(signer)
    expect(await verify(chain, [before])).toEqual(['gaps', 'notice restarted', 'gap untrusted'])
  })

  test('after blocks were lost says so to those who have a head of them', async () => {
    await ledger.viewStore.drop('$chain', 1).catch(() => {})
    for (const id of [...ledger.state.views.keys()]) if (id.startsWith('$chain')) ledger.state.views.delete(id)
    const short = await openChain(await aLog(1), { origin: ORIGIN, ledger, signer })
    await short.sealNow()
    const chain = await restarted(signer)
    expect(await verify(chain, [before])).toContain('tampered fork')
  })
})
