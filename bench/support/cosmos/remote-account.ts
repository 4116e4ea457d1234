import { startProcess } from '../process.ts'
import { COSMOS_ENDPOINT, COSMOS_KEY } from './account.ts'

/** Where an account is reached over HTTP. */
export type RemoteAccount = AsyncDisposable & { readonly endpoint: string; readonly key: string }

/** Our emulator in a process of its own, so that what it does is none of this one's; or the account of the environment. */
export async function remoteAccount(): Promise<RemoteAccount> {
  if (COSMOS_ENDPOINT !== undefined) {
    return { endpoint: COSMOS_ENDPOINT, key: COSMOS_KEY, [Symbol.asyncDispose]: async () => {} }
  }
  const emulator = startProcess('processes/cosmos-emulator.ts')
  const address = await emulator.message<{ readonly endpoint: string; readonly key: string }>()
  return { ...address, [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose]() }
}
