import { describe, expect, it } from 'vitest'
import { assertSqliteVersion, networkFileSystem } from '../../../../../src/adapters/embedded/sqlite/file-system.ts'

const EXT4 = 0xef53
const FUSE = 0x65735546
const MOUNTS = [
  '/dev/vda / ext4 rw 0 0',
  'server:/export /srv/shared nfs4 rw 0 0',
  '/dev/vdb /srv/shared/local ext4 rw 0 0',
  'me@host: /home/me/my\\040files fuse.sshfs rw 0 0',
  '/dev/sdc1 /media/stick fuseblk rw 0 0',
].join('\n')

describe('a network file system', () => {
  it.each([
    ['/var/data', EXT4, undefined],
    ['/srv/shared', 0x6969, 'NFS'],
    ['/srv/shared/data', EXT4, 'nfs4'],
    ['/srv/shared/local/data', EXT4, undefined],
    ['/srv/sharedness', EXT4, undefined],
    ['/home/me/my files/data', FUSE, 'fuse.sshfs'],
    ['/media/stick/data', FUSE, undefined],
    ['/mnt/x', 0xff534d42, 'CIFS'],
    ['/mnt/x', 0xfe534d42, 'SMB2'],
  ])('is told for %s (%i)', (folder, magic, expected) => {
    expect(networkFileSystem(folder, magic, MOUNTS)).toBe(expected)
  })

  it('cannot be told without mounts', () => {
    expect(networkFileSystem('/home/me/my files', FUSE, '')).toBeUndefined()
  })
})

describe('SQLite', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('%s is new enough', (version) => {
    expect(() => assertSqliteVersion(version)).not.toThrow()
  })

  it.each(['3.51.2', '3.46.1', '2.99.99', '3.51'])('%s is too old', (version) => {
    expect(() => assertSqliteVersion(version)).toThrow(expect.objectContaining({ code: 'UnsupportedStorage' }))
  })

  it('of this Node is new enough', () => {
    expect(() => assertSqliteVersion()).not.toThrow()
  })
})
