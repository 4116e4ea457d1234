import { openStorageWithVault } from '../../open/vault/open-with-vault.ts'
import { cadenceOf } from '../../operations/cadence.ts'
import { instanceMeter } from '../../operations/instances/instance-meter.ts'
import { reportInstance } from '../../operations/instances/report-instance.ts'
import { runProcess } from '../../process/lifecycle.ts'
import { listenFailure } from '../../process/listen.ts'
import { isLoopback } from '../../process/loopback.ts'
import { startTelemetry } from '../../process/start-telemetry.ts'
import { observeEventLoop } from '../../processor/workers/observe-event-loop.ts'
import { createLog } from '../../worker/log.ts'
import { readDemoConfig } from '../config.ts'
import { build } from './build.ts'

// The API in a separate process, until it is stopped.
await runProcess(async (defer) => {
  const config = readDemoConfig(process.env)
  const { host, port, viewTimeout } = config
  const logger = createLog('api', config.logLevel)
  const { telemetry, scrape } = await startTelemetry(config.metrics, defer)
  const meter = instanceMeter(telemetry)
  const opening = { setting: 'TIDEMARK_STORAGE', telemetry: meter.telemetry, ...config.opening }
  const { storage, vault } = await openStorageWithVault(config.storage, config.vault, opening)
  defer(() => storage.close())
  const { close } = reportInstance(storage, {
    kind: 'api',
    service: 'api',
    every: cadenceOf(config.storage).reports,
    meter,
  })
  defer(close)
  const measured = { telemetry: meter.telemetry, ...(scrape && { scrape }) }
  const api = await build({ storage, vault, logger, viewTimeout, access: config, ...measured })
  defer(() => api.close())
  if (telemetry) {
    const unobserve = observeEventLoop(telemetry)
    defer(async () => unobserve())
  }
  if (!isLoopback(host)) logger.warn({ host }, 'the demo has no login: anyone who can reach this address can write')
  return api.listen({ host, port }).catch((error) => {
    throw listenFailure(error, 'PORT', host, port)
  })
})
