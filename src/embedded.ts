import { type EmbeddedOptions, type EmbeddedPort, openEmbeddedPort } from './adapters/embedded/index.ts'
import { type EnvironmentOptions, openInEnvironment } from './core/environment.ts'
import { type Storage, withViews } from './views/with-views.ts'

/** An opened folder, with its views. */
export type EmbeddedStorage = Storage & Pick<EmbeddedPort, 'backup'>

/**
 * Opens a storage in a folder, which is created if it does not exist: Tidemark's default, which needs no other process.
 * Several processes may have it open.
 *
 * @throws EnvironmentMismatch, and as `openEmbeddedPort` does
 */
export async function openEmbedded(
  folder: string,
  options: EmbeddedOptions & EnvironmentOptions = {},
): Promise<EmbeddedStorage> {
  const { clock } = options
  const port = await openInEnvironment(options, () => openEmbeddedPort(folder, options))
  return withViews(port, clock ? { clock } : {})
}
