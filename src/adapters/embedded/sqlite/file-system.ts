import { readFileSync, statfsSync } from 'node:fs'
import { resolve } from 'node:path'
import { StorageReadOnly, UnsupportedStorage } from '../../../core/errors/storage.ts'
import { nodeComplaint, OLDEST_NODE } from '../../../core/node-version.ts'
import { isWritable } from './file-errors.ts'

/** The oldest SQLite without the bug that allows a WAL to be reset under several processes. */
const OLDEST_SQLITE = [3, 51, 3]

// Linux's names of network file systems, and of those that programs implement, usually to access a network.
const NETWORK =
  /^(nfs|nfs4|cifs|smb3|smbfs|9p|afs|ceph|coda|ncpfs|lustre|beegfs|gpfs|davfs|fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|davfs2?|curlftpfs|goofys|blobfuse2?|ceph|juicefs|mount-s3))$/

/** The magic numbers of statfs(2) that mean the same. */
const NETWORK_MAGIC: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
])

/** @throws UnsupportedStorage when this Node has no SQLite, or one that is too old */
export function assertSqliteVersion(version: string | undefined = process.versions.sqlite): void {
  if (version === undefined) throw new UnsupportedStorage(nodeComplaint() ?? 'This Node was built without node:sqlite')
  const parts = version.split('.').map(Number)
  const difference = OLDEST_SQLITE.map((part, i) => (parts[i] ?? 0) - part).find((delta) => delta !== 0) ?? 0
  if (difference >= 0) return
  throw new UnsupportedStorage(
    `SQLite ${version} can damage a database that several processes write; ` +
      `${OLDEST_SQLITE.join('.')} or newer is needed (Node ${OLDEST_NODE}, 24.15.0 or later has it)`,
  )
}

/**
 * The name of the network file system of a folder, or undefined if there is none or it cannot be detected.
 *
 * @param magic statfs's type
 * @param mounts the text of /proc/self/mounts, or '' if there is none
 */
export function networkFileSystem(folder: string, magic: number, mounts: string): string | undefined {
  const byMagic = NETWORK_MAGIC.get(magic)
  if (byMagic !== undefined) return byMagic
  let [deepest, found] = ['', '']
  for (const line of mounts.split('\n')) {
    const [, rawPoint = '', type = ''] = line.split(' ')
    const point = rawPoint.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    const isAbove = folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`)
    if (isAbove && point.length >= deepest.length) [deepest, found] = [point, type]
  }
  return NETWORK.test(found) ? found : undefined
}

/** @throws UnsupportedStorage if the folder is on a network file system, as far as that can be detected */
export function assertLocal(folder: string): void {
  const found = networkFileSystem(resolve(folder), Number(statfsSync(folder).type), readMounts())
  if (found === undefined) return
  throw new UnsupportedStorage(
    `${folder} is on a network file system (${found}), whose locks are not reliable; use a local disk`,
  )
}

/** @throws StorageReadOnly if this process may not write there */
export function assertWritable(path: string): void {
  if (!isWritable(path)) throw new StorageReadOnly(`${path} cannot be written to`)
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mounts', 'utf8')
  } catch {
    return ''
  }
}
