import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, it } from 'vitest'
import { openEmbedded } from '../../../src/open/embedded.ts'
import { keepChildren } from '../../support/children.ts'
import { surviveKilledWorkers } from '../../support/projecting/killed-workers.ts'

const KILLS = 24

const children = keepChildren()
const folders: string[] = []

afterEach(async () => {
  await children.killAll()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

describe('a worker that is killed again and again', () => {
  it('leaves views that equal a plain fold of the log', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-worker-crash-'))
    folders.push(folder)
    await using storage = await openEmbedded(folder, { ranges: 4 })
    await surviveKilledWorkers(storage, `file:${folder}`, children, KILLS)
  })
})
