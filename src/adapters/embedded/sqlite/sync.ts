import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes a file, or the entries of a folder, durable. Windows has no way to do so for a folder, and needs none. */
export function syncPath(path: string, { isFile = false }: { readonly isFile?: boolean } = {}): void {
  if (process.platform === 'win32' && !isFile) return
  const file = openSync(path, isFile ? 'r+' : 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
