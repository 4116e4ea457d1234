import { openStorageWithVault } from '../../../open/vault/open-with-vault.ts'
import { runProcess } from '../../../process/lifecycle.ts'
import { listenFailure } from '../../../process/listen.ts'
import { isLoopback } from '../../../process/loopback.ts'
import { createLog } from '../../../worker/log.ts'
import { readDemoConfig } from '../../config.ts'
import { servicesIn } from '../to-try.ts'
import { buildShop } from './build.ts'

// The shop's API in a separate process, until it is stopped.
await runProcess(async (defer) => {
  const config = readDemoConfig(process.env)
  const { host, port, viewTimeout } = config
  const logger = createLog('api', config.logLevel)
  const opening = { setting: 'TIDEMARK_STORAGE', ...config.opening }
  const { storage } = await openStorageWithVault(config.storage, config.vault, opening)
  defer(() => storage.close())
  const api = await buildShop({ storage, logger, viewTimeout, access: config, services: servicesIn(process.env) })
  defer(() => api.close())
  if (!isLoopback(host)) logger.warn({ host }, 'the demo has no login: anyone who can reach this address can write')
  return api.listen({ host, port }).catch((error) => {
    throw listenFailure(error, 'PORT', host, port)
  })
})
