// Our emulator of Azure Cosmos DB, over HTTP, until its parent lets go of it: in a process of its own, its processor time
// is none of the client's.
import { startCosmosEmulator } from '../../src/cosmos-emulator/index.ts'

const emulator = await startCosmosEmulator()
process.once('disconnect', () => emulator.close())
process.send?.({ endpoint: emulator.endpoint, key: emulator.key })
