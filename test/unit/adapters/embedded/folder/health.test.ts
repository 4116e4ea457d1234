import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

it('the health of a folder tells the size of each file and of its write-ahead log, and the free disk', async () => {
  const path = join(tempFolder(), 'data')
  const storage = await open(path)
  await storage.events.append('a:1', someEvents(20), { expectedVersion: 'any' })
  const health = await storage.health?.()
  if (health === undefined) throw new Error('It tells nothing')
  expect(health.files.map(({ name }) => name)).toEqual(['events.db', 'views.db'])
  for (const { name, bytes, walBytes } of health.files) {
    expect(bytes).toBe(statSync(join(path, name)).size)
    expect(walBytes).toBe(statSync(join(path, `${name}-wal`)).size)
  }
  expect(health.files[0]?.walBytes).toBeGreaterThan(0)
  expect(health.bytes).toBe(health.files.reduce((sum, { bytes, walBytes }) => sum + bytes + walBytes, 0))
  expect(health.disk?.total).toBeGreaterThan(health.disk?.free ?? 0)
  renameSync(path, `${path}-moved`)
  await expect(storage.health?.()).rejects.toMatchObject({ code: 'StorageMoved' })
})
