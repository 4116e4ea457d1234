import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes a file, or the entries of a folder, durable. Windows cannot sync a folder, and does not need it. */
export function syncPath(path: string, { isFile = false }: { readonly isFile?: boolean } = {}): void {
  if (process.platform === 'win32' && !isFile) return
  const file = openSync(path, isFile ? 'r+' : 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
