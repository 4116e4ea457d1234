import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../src/core/json/json.ts'
import type { Stored } from '../../../../src/core/port/save.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { BranchSubject } from '../../../../src/integrity/branches/branch-name.ts'
import { sealBranch } from '../../../../src/integrity/branches/seal-branch.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, perStream } from '../../processor/support.ts'
import { chainOf, checkBranches } from './support.ts'

const SUBJECTS: readonly [string, BranchSubject][] = [
  ['views', { projection: 'per-stream', version: 1 }],
  ['snapshots', 'snapshots'],
]

let port: StoragePort
beforeEach(() => {
  port = openMemory()
})
afterEach(() => port.close())

/** A branch of one document, and what edits its digests as any client of the database can. */
async function aBranch(subject: BranchSubject) {
  await append(port, 's:00', [1, 2])
  await foldAll(port, perStream)
  const { incarnation } = port
  const takenAt = new Date(0).toISOString()
  await port.snapshots.save({ id: 's:00', version: 2, state: {}, definition: 'd', incarnation, takenAt })
  const chain = await chainOf(port)
  const { branch } = await sealBranch(chain, subject)
  const { ledger } = chain.context
  const edit = async (key: string, change: (content: JsonObject) => JsonObject) => {
    const { document, etag } = (await ledger.get('branch', key)) as Stored<JsonObject>
    await ledger.save('branch', key, change(document), { ifMatch: etag })
  }
  const rootKey = `root-${Buffer.from(branch.root, 'base64').toString('base64url')}`
  const { id } = ((await ledger.get('branch', rootKey)) as Stored<{ readonly id: string }>).document
  return { check: async () => (await checkBranches(chain)).found, edit, rootKey, pageKey: `${id}-0`, name: branch.name }
}

const rename =
  (to: string) =>
  ({ entries, ...page }: JsonObject): JsonObject => {
    const [[, ...first], ...others] = entries as [[string, ...Json[]], ...Json[]]
    return { ...page, entries: [[to, ...first], ...others] }
  }

test.each(SUBJECTS)('digests of %s with a key that nothing can have are reported', async (_, subject) => {
  const { check, edit, pageKey, name } = await aBranch(subject)
  expect(await check()).toEqual([])
  for (const key of ['s/00', 's', '']) {
    await edit(pageKey, rename(key))
    expect(await check(), key).toContain(`branchWrong ${name}`)
  }
})

test.each(SUBJECTS)('digests of %s that are said to be where nothing can be are reported', async (_, subject) => {
  const { check, edit, rootKey, name } = await aBranch(subject)
  for (const id of ['a/b', 'a'.repeat(200)]) {
    await edit(rootKey, (pages) => ({ ...pages, id }))
    expect(await check()).toEqual([`branchWrong ${name}`])
  }
})
