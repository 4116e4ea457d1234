import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLocalMaster, findVault, localMaster, openVault } from '../../../../src/privacy/index.ts'
import { open, tempFolder } from '../../../support/embedded/folders.ts'

describe('findVault', () => {
  it('finds none in a storage without keys, and creates none', async () => {
    const keys = await open()
    expect(await findVault(keys)).toBeUndefined()
    expect(await findVault(keys)).toBeUndefined()
  })

  it('names the master keys that a vault needs, and the longest time to live of key caches', async () => {
    const keys = await open()
    const file = join(tempFolder(), 'master.key')
    const id = await createLocalMaster(file)
    const master = await localMaster(file)
    await openVault({ keys, master, keyCache: { ttl: 2000 } })
    await openVault({ keys, master, keyCache: { ttl: 1000 } })
    expect(await findVault(keys)).toEqual({ masters: [id], longestTtl: 2000 })
  })
})
