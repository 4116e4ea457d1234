import type { CosmosClientOptions } from '@azure/cosmos'
import { startProcess } from '../process.ts'
import { liveAccount } from './live.ts'

/** An account that is another process. */
export type RemoteAccount = AsyncDisposable & { readonly options: CosmosClientOptions }

/** Our emulator in a process of its own, so that what it does is none of this one's; or the account of the environment. */
export async function remoteAccount(): Promise<RemoteAccount> {
  if (liveAccount !== undefined) return { options: liveAccount, [Symbol.asyncDispose]: async () => {} }
  const emulator = startProcess('processes/cosmos-emulator.ts')
  const options = await emulator.message<{ readonly endpoint: string; readonly key: string }>()
  return { options, [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose]() }
}
