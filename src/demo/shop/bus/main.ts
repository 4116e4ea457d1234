import { portSetting } from '../../../process/common-settings.ts'
import { runProcess } from '../../../process/lifecycle.ts'
import { listenFailure } from '../../../process/listen.ts'
import { readSettings } from '../../../process/settings.ts'
import { startServiceBusEmulator } from '../../../service-bus-emulator/index.ts'

const HOST = '127.0.0.1'

// The emulator of the bus in a separate process, which keeps messages in a folder: node main.ts <folder> <queue>
await runProcess(async (defer) => {
  const [, , data = '', queue = ''] = process.argv
  const { BUS_PORT: port } = readSettings(process.env, { BUS_PORT: portSetting.default(0) })
  const entities = { queues: { [queue]: { requiresSession: true, requiresDuplicateDetection: true } } }
  const emulator = await startServiceBusEmulator({ data, port, entities }).catch((error) => {
    throw listenFailure(error, 'BUS_PORT', HOST, port)
  })
  defer(() => emulator.close())
  return emulator.connectionString
})
