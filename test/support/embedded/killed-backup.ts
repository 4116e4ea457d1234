import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'

// Backs a storage up, and is killed as soon as the backup has begun.
const [, , folder = '', target = ''] = process.argv
const storage = await openEmbeddedPort(folder)
storage.backup(target).catch(() => {})
setInterval(() => {
  if (readdirSync(dirname(target)).some((name) => name.endsWith('.partial'))) process.kill(process.pid, 'SIGKILL')
}, 1)
