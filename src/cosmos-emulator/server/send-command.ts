import { CosmosError } from '../engine/types.ts'
import { signingHeaders } from '../protocol/authorization.ts'

/**
 * Sends a command to an emulator that runs in another process, such as `split`.
 *
 * @param emulator its address and key, as `startCosmosEmulator` answers them
 * @param name one of those of docs/reference/cosmos-emulator.md
 * @returns what the command answers
 * @throws CosmosError when the emulator refuses it; the error of `fetch` when it cannot be reached
 */
export async function sendEmulatorCommand(
  { endpoint, key }: { readonly endpoint: string; readonly key: string },
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const path = `/_emulator/${name}`
  const headers = { ...signingHeaders(key, 'POST', path), 'content-type': 'application/json' }
  const response = await fetch(new URL(path, endpoint), { method: 'POST', headers, body: JSON.stringify(args) })
  const body = (await response.json()) as { readonly code?: string; readonly message?: string }
  if (response.ok) return body
  throw new CosmosError(response.status, body.code ?? 'Unknown', body.message ?? 'The emulator refused the command.')
}
