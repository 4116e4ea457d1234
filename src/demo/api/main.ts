import { isLoopback } from '../../open/loopback.ts'
import { openStorageWithVault } from '../../open/vault/open-with-vault.ts'
import { runProcess } from '../../process/lifecycle.ts'
import { listenFailure } from '../../process/listen.ts'
import { findTelemetry } from '../../process/load-opentelemetry.ts'
import { createLog } from '../../worker/log.ts'
import { readDemoConfig } from '../config.ts'
import { build } from './build.ts'

// The API in a separate process, until it is stopped.
await runProcess(async (defer) => {
  const config = readDemoConfig(process.env)
  const { host, port, viewTimeout } = config
  const logger = createLog('api', config.logLevel)
  const telemetry = await findTelemetry()
  const opening = { setting: 'TIDEMARK_STORAGE', ...(telemetry && { telemetry }), ...config.opening }
  const { storage, vault } = await openStorageWithVault(config.storage, config.vault, opening)
  defer(() => storage.close())
  const api = await build({ storage, vault, logger, viewTimeout, access: config, ...(telemetry && { telemetry }) })
  defer(() => api.close())
  if (!isLoopback(host)) logger.warn({ host }, 'the demo has no login: anyone who can reach this address can write')
  return api.listen({ host, port }).catch((error) => {
    throw listenFailure(error, 'PORT', host, port)
  })
})
