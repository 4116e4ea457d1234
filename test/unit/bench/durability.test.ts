import { describe, expect, it } from 'vitest'
import { durabilityOf } from '../../../bench/support/durability.ts'
import { openRawLog } from '../../../bench/support/raw-log.ts'
import { tempFolder } from '../../support/embedded/folders.ts'

describe('what is said of a peer', () => {
  it.each([
    ['wal', 2, 'wal, synchronous=FULL: flushed with each commit'],
    ['wal', 1, 'wal, synchronous=NORMAL: A POWER CUT TAKES COMMITS'],
    ['delete', 1, 'delete, synchronous=NORMAL: flushed with each commit'],
    ['delete', 0, 'delete, synchronous=OFF: A POWER CUT TAKES COMMITS'],
  ])('tells what commits in %s at %i are worth', (journalMode, synchronous, told) => {
    expect(durabilityOf({ journalMode, synchronous })).toBe(told)
  })

  it('is read from the connection of the raw log', () => {
    using raw = openRawLog(tempFolder())
    expect(raw.peer).toBe('node:sqlite by hand, wal, synchronous=FULL: flushed with each commit')
  })
})
