import type { ChainRun, createChainRun } from './run.ts'

/** Creates the chain of a run. Without a chain, nothing of what seals is loaded. */
export async function loadChain(...run: Parameters<typeof createChainRun>): Promise<ChainRun> {
  const chain = await import('./run.ts')
  return chain.createChainRun(...run)
}
