import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { openVault, withVault } from '../../../src/privacy/index.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { testMaster } from '../privacy/support/vaults.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const memberEvents = defineEvents({
  MemberJoined: {
    schema: z.object({ memberId: z.string(), name: z.string() }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)' } },
  },
})

const members = defineProjection('members', {
  events: memberEvents,
  key: ({ data }) => data.memberId,
  initial: (memberId: string) => ({ memberId, name: '' }),
  on: { MemberJoined: (view, { data }) => ({ ...view, name: data.name }) },
  forgotten: { key: (memberId) => memberId, fold: () => null },
})

it('leaves nothing of a forgotten person in the files of views that were swept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-swept-'))
  folders.push(folder)
  await using port = await openEmbedded(folder, { ranges: 1 })
  const vault = await openVault({ keys: port, master: testMaster(), keyCache: { ttl: 0 }, margin: 0 })
  const storage = withVault(port, vault)
  await using _ = await startProcessor(storage, [members])
  const joined = { type: 'MemberJoined', data: { memberId: 'm', name: 'Ada Needle' } } as const
  const { position } = await eventStore(storage, memberEvents).append('member:m', [joined], { expectedVersion: 'any' })
  expect(await storage.views.waitFor(members, 'm', position)).toEqual({ memberId: 'm', name: 'Ada Needle' })
  const filesWith = async (text: string) => {
    const files = await readdir(folder)
    const contents = await Promise.all(files.map((file) => readFile(join(folder, file))))
    return files.filter((__, i) => contents[i]?.includes(text))
  }
  expect(await filesWith('Ada Needle')).not.toEqual([])
  await vault.forget('m')
  await expect.poll(() => storage.views.get(members, 'm'), { timeout: 10_000 }).toBeNull()
  await expect.poll(() => filesWith('Ada Needle'), { timeout: 5_000 }).toEqual([])
})
