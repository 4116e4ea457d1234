import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type EmbeddedOptions, type EmbeddedPort, openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'

const folders: string[] = []
const ports: EmbeddedPort[] = []

/** A temp folder that goes away after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
  folders.push(folder)
  return folder
}

/**
 * Opens a folder, by default a new one, and closes it after the test. A new folder has one feed range unless the test
 * says otherwise, so that LSNs count its events.
 */
export async function open(folder = tempFolder(), options: EmbeddedOptions = {}): Promise<EmbeddedPort> {
  const isNew = !existsSync(join(folder, 'events.db'))
  const port = await openEmbeddedPort(folder, { ...(isNew && { ranges: 1 }), ...options })
  ports.push(port)
  return port
}

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
