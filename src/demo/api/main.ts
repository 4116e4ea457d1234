import pino from 'pino'
import { openStorage } from '../../open/open-storage.ts'
import { findTelemetry } from '../../worker/find-telemetry.ts'
import { runProcess } from '../../worker/lifecycle.ts'
import { listenFailure } from '../../worker/listen.ts'
import { readDemoConfig } from '../config.ts'
import { build } from './build.ts'

const LOOPBACK = /^(127\.|localhost$|::1$)/

// The API as a process of its own, until it is told to stop.
await runProcess(async (defer) => {
  const config = readDemoConfig(process.env)
  const { host, port, viewTimeout } = config
  const logger = pino({ name: 'api', level: config.logLevel })
  const storage = await openStorage(config.storage, { setting: 'TIDEMARK_STORAGE' })
  defer(() => storage.close())
  const telemetry = await findTelemetry()
  const api = await build({ storage, logger, viewTimeout, ...(telemetry && { telemetry }) })
  defer(() => api.close())
  if (!LOOPBACK.test(host)) logger.warn({ host }, 'the demo has no login: whoever reaches this address can write')
  return api.listen({ host, port }).catch((error) => {
    throw listenFailure(error, 'PORT', host, port)
  })
})
