import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.ts'

/** Where the benchmarks write, and what kind of disk that is. */
export type WorkFolder = {
  readonly path: string
  readonly fileSystem: string
  /** Whether a flush reaches a device. Without one, figures of durable appends say nothing. */
  readonly isDisk: boolean
  /** Milliseconds that a flush of 4 KB takes, the median of 50. */
  readonly flush: number
  remove(): void
}

// The numbers that Linux gives for file systems in statfs(2).
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
  16914836: 'tmpfs',
  2240043254: 'ramfs',
  26985: 'nfs',
}
const IN_MEMORY = new Set(['tmpfs', 'ramfs'])

/** Makes an empty folder next to the project, or where temporary files live when the project lies in memory. */
export function makeWorkFolder(projectRoot: string): WorkFolder {
  const candidates = [join(projectRoot, 'node_modules', '.cache'), tmpdir()]
  const parent = candidates.find((folder) => !IN_MEMORY.has(fileSystemOf(folder))) ?? (candidates[0] as string)
  const path = mkdtempSync(join(parent, 'tidemark-bench-'))
  const fileSystem = fileSystemOf(path)
  return {
    path,
    fileSystem,
    isDisk: !IN_MEMORY.has(fileSystem),
    flush: measureFlush(join(path, 'flush')),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

function fileSystemOf(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const { type } = statfsSync(folder)
  return FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`
}

function measureFlush(file: string): number {
  const handle = openSync(file, 'w')
  const block = Buffer.alloc(4096, 1)
  const times: number[] = []
  for (let i = 0; i < 50; i++) {
    const start = performance.now()
    writeSync(handle, block)
    fsyncSync(handle)
    times.push(performance.now() - start)
  }
  closeSync(handle)
  rmSync(file)
  return median(times)
}
