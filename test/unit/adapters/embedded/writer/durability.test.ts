import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identityOf } from '../../../../../src/adapters/embedded/sqlite/file-identity.ts'
import { openWriter } from '../../../../../src/adapters/embedded/writer/open-writer.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

describe.each([
  ['log', 'events.db'],
  ['documents', 'views.db'],
] as const)('the writer of the %s', (kind, name) => {
  it('flushes each commit, and overwrites what is deleted', async () => {
    const folder = tempFolder()
    await open(folder)
    const identity = identityOf(join(folder, name))
    const { database } = openWriter({ kind, identity, busyTimeout: 100, incarnation: 'any' })
    try {
      const pragma = (of: string) => database.get<[unknown]>(`PRAGMA ${of}`)?.[0]
      expect(pragma('journal_mode')).toBe('wal')
      // FULL: with NORMAL a power cut takes what was acknowledged since the last checkpoint.
      expect(pragma('synchronous')).toBe(2)
      expect(pragma('secure_delete')).toBe(1)
      expect(pragma('wal_autocheckpoint')).toBe(4000)
      const isMac = process.platform === 'darwin'
      expect([pragma('fullfsync'), pragma('checkpoint_fullfsync')]).toEqual(isMac ? [1, 1] : [0, 0])
    } finally {
      database.close()
    }
  })
})
