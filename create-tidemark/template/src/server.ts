import { openStorage } from 'tidemark'
import { buildApi } from './api.ts'

// The process of the API. The worker is another one: `tidemark worker --projections src/worker`.

const { TIDEMARK_STORAGE = '', TIDEMARK_ENVIRONMENT, HOST, PORT } = process.env
const storage = await openStorage(TIDEMARK_STORAGE, {
  setting: 'TIDEMARK_STORAGE',
  ...(TIDEMARK_ENVIRONMENT && { environment: TIDEMARK_ENVIRONMENT }),
})
const api = buildApi(storage)
const address = await api.listen({ host: HOST || '127.0.0.1', port: Number(PORT || 3000) })
console.log(`The API is at ${address}`)

async function stop(): Promise<void> {
  await api.close()
  await storage.close()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
