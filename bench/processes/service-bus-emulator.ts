// Our emulator of Azure Service Bus until its parent lets go of it: in a process of its own, its processor time is none
// of the client's.
import { startServiceBusEmulator } from '../../src/service-bus-emulator/index.ts'

const queues = Object.fromEntries(process.argv.slice(2).map((name) => [name, { requiresSession: true }]))
const emulator = await startServiceBusEmulator({ entities: { queues } })
process.once('disconnect', () => emulator.close())
process.send?.({ connectionString: emulator.connectionString })
