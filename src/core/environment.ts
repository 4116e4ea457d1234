import { InvalidConfiguration } from './errors/input.ts'
import { EnvironmentMismatch } from './errors/storage.ts'
import type { StoragePort } from './port/storage.ts'
import { fullInterval } from './positions/hash-interval.ts'

/** How a storage is opened that belongs to an environment. */
export type EnvironmentOptions = {
  /**
   * The environment that the log belongs to, such as `prod`: lower-case words joined by `-`, 1 to 40 characters, in
   * front of every address on a bus. The first process that gives it fixes it for the log. Default: none.
   */
  readonly environment?: string
}

// A document among the leases, as pauses are: it says of a storage which processes may work on it.
const ENVIRONMENT = '$environment'
const ID = `${ENVIRONMENT}:1`
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const MAX_NAME = 40

/** @throws InvalidConfiguration for a name that cannot be in front of an address */
export function assertEnvironment(name: unknown, setting: string): void {
  if (typeof name === 'string' && name.length <= MAX_NAME && NAME.test(name)) return
  const rule = `use lower-case words of letters and digits joined by -, 1 to ${MAX_NAME} characters`
  throw new InvalidConfiguration(setting, `${JSON.stringify(name)} cannot be an environment: ${rule}`)
}

/**
 * Opens a storage for an environment, which is stored with the log if it has none yet. Without one, nothing is read.
 *
 * @param open opens the storage; if this throws, it is closed again
 * @throws InvalidConfiguration for an invalid name; EnvironmentMismatch if the log belongs to another environment; what
 *   `open` throws
 */
export async function openInEnvironment<P extends StoragePort>(
  { environment }: EnvironmentOptions,
  open: () => Promise<P>,
): Promise<P> {
  if (environment === undefined) return open()
  assertEnvironment(environment, 'environment')
  const storage = await open()
  try {
    const stored = await claimEnvironment(storage, environment)
    if (stored !== environment) throw new EnvironmentMismatch(stored, environment)
    return { ...storage, environment }
  } catch (error) {
    await storage.close().catch(() => {})
    throw error
  }
}

/** @returns the environment that the log belongs to from now on */
async function claimEnvironment({ leases, incarnation }: StoragePort, name: string): Promise<string> {
  for (;;) {
    const found = await storedEnvironment({ leases })
    if (found !== null) return found
    const place = { owner: null, expiresAt: 0, continuation: null, readTo: 0, range: fullInterval, incarnation }
    const { saved } = await leases.save({ ...place, id: ID, projection: ENVIRONMENT, version: 1, name }, 'ifAbsent')
    if (saved) return name
  }
}

async function storedEnvironment({ leases }: Pick<StoragePort, 'leases'>): Promise<string | null> {
  const found = await leases.get(ID)
  return found === undefined ? null : String(found.document.name)
}

/**
 * The environment of a storage that is about to exchange messages, which must not use the addresses of another one.
 *
 * @returns null if neither the log nor the storage has one
 * @throws EnvironmentMismatch if the log has one, but the storage was opened without it
 */
export async function environmentOf(storage: Pick<StoragePort, 'environment' | 'leases'>): Promise<string | null> {
  if (storage.environment !== undefined) return storage.environment
  const stored = await storedEnvironment(storage)
  if (stored !== null) throw new EnvironmentMismatch(stored, null)
  return null
}
