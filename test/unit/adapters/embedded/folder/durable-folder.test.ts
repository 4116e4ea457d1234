import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const { fsyncSync } = fs
afterEach(() => {
  fs.fsyncSync = fsyncSync
  syncBuiltinESMExports()
})

/** Notes the inode of whatever is made durable. */
function watchSyncs(): Set<number> {
  const synced = new Set<number>()
  fs.fsyncSync = (file) => {
    synced.add(fs.fstatSync(file).ino)
    fsyncSync(file)
  }
  syncBuiltinESMExports()
  return synced
}

it.skipIf(process.platform === 'win32')('a new folder is made durable, with those above it that are new', async () => {
  const root = tempFolder()
  const synced = watchSyncs()
  await (await open(join(root, 'a', 'b', 'data'))).close()
  const inodes = ['', 'a', 'a/b'].map((path) => fs.statSync(join(root, path)).ino)
  expect([...synced].sort()).toEqual(inodes.sort())
  synced.clear()
  await open(join(root, 'a', 'b', 'data'))
  expect(synced.size).toBe(0)
})
