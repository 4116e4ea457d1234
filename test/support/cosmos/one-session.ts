import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ConformanceAdapter } from '../../../src/testing/conformance/index.ts'

/**
 * The same adapter, but all handles onto a database are one underneath: one session, which reads what it wrote however
 * old the replicas are. What two sessions see of each other is theirs alone, and so no part of the port's promises.
 */
export function inOneSession(adapter: ConformanceAdapter): ConformanceAdapter {
  const shared = new Map<StoragePort, { readonly port: StoragePort; open: number }>()
  const handleOf = (session: { readonly port: StoragePort; open: number }): StoragePort => {
    session.open++
    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= --session.open === 0 ? session.port.close() : Promise.resolve()
      return closing
    }
    const handle = { ...session.port, close, [Symbol.asyncDispose]: close }
    shared.set(handle, session)
    return handle
  }
  // A session that was shared would demand what was lost.
  const { loseTail: _, ...rest } = adapter
  return {
    ...rest,
    open: async (options) => handleOf({ port: await adapter.open(options), open: 0 }),
    reopen: async (port) => handleOf(shared.get(port) ?? { port, open: 0 }),
  }
}
