import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openEmbeddedPort } from '../../../../src/adapters/embedded/index.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import { verifyChain } from '../../../../src/integrity/verify/verify-chain.ts'
import { ORIGIN } from '../../../support/integrity/publishing.ts'
import { embeddedDatabase } from '../../../support/tampering/databases/embedded.ts'
import { anEvent, chainOver, type SealedLog } from '../../../support/tampering/sealed-log.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const append = (log: Pick<SealedLog, 'storage'>, reading: number) =>
  log.storage.events.append('meter:1', [anEvent({ reading })], { expectedVersion: 'any' })

/** Verifies a folder with what an auditor keeps of a log. */
async function verify(folder: string, { signer, anchor }: SealedLog) {
  await using storage = await openEmbeddedPort(folder)
  const { context } = await openChain(storage, { origin: ORIGIN })
  const trust = { origin: ORIGIN, keys: [signer.verifierKey], anchors: [anchor] }
  const report = await verifyChain({ ...context, clock: systemClock }, { trust, grace: 0 })
  return [report.result, ...new Set(report.findings.map(({ code }) => code))]
}

/** A log that is sealed while a copy of its folder is made, and grows afterwards. */
async function withOlderCopy() {
  const older = mkdtempSync(join(tmpdir(), 'tidemark-older-'))
  folders.push(older)
  const raw = embeddedDatabase()
  const log = await chainOver(raw)
  await append(log, 1)
  await log.seal()
  await log.storage.close()
  cpSync(raw.folder, older, { recursive: true })
  const later = await chainOver(raw)
  return { raw, log, later, older }
}

it('an older copy of the folder that is put back is shorter than the head that was kept', async () => {
  const { raw, log, later, older } = await withOlderCopy()
  await append(later, 2)
  await later.chain.sealNow()
  await log.sealAs(later)
  expect(await verify(raw.folder, log)).toEqual(['clean'])
  expect(await verify(older, log)).toEqual(['tampered', 'rollback'])
  await raw[Symbol.asyncDispose]()
})

it('an older copy that is put back and grows to the same size has another root', async () => {
  const { raw, log, later, older } = await withOlderCopy()
  await append(later, 2)
  await later.chain.sealNow()
  await log.sealAs(later)
  await using storage = await openEmbeddedPort(older)
  await append({ storage }, 3)
  await (await openChain(storage, { origin: ORIGIN })).sealNow()
  expect(await verify(older, log)).toEqual(['tampered', 'fork'])
  await raw[Symbol.asyncDispose]()
})
