import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { systemClock } from '../core/clock.ts'
import type { ChainConfig } from '../open/chain/chain-config.ts'
import type { OpenedSealer } from '../open/chain/opening/open-sealer.ts'
import { closeLoaded, importProjections } from '../open/definitions/load-projections.ts'
import { openStorageWithVault } from '../open/vault/open-with-vault.ts'
import { cadenceOf } from '../operations/cadence.ts'
import { instanceMeter } from '../operations/instances/instance-meter.ts'
import { reportInstance } from '../operations/instances/report-instance.ts'
import { runProcess } from '../process/lifecycle.ts'
import { closeServer, listen } from '../process/listen.ts'
import { isLoopback } from '../process/loopback.ts'
import { startTelemetry } from '../process/start-telemetry.ts'
import { startProcessor } from '../processor/processor.ts'
import { observeEventLoop } from '../processor/workers/observe-event-loop.ts'
import type { Storage } from '../views/with-views.ts'
import { chainGauges } from './chain-metrics.ts'
import { createChainReporter } from './chain-report.ts'
import { readWorkerConfig } from './config.ts'
import { createHealthServer } from './http/health-server.ts'
import { createLog } from './log.ts'
import { logFailure } from './log-failure.ts'
import { createStandbyLog } from './log-standby.ts'
import { startSubscribers } from './start-subscribers.ts'
import { levelOf, tellVersion } from './tell-version.ts'
import { createVaultReporter } from './vault-report.ts'

/**
 * Runs the projections of a folder in this process until it is stopped; an error at startup is reported in one line
 * with exit code 1.
 *
 * @param folder one file for each projection
 * @param environment see `readWorkerConfig`
 */
export async function runWorker(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  await runProcess(async (defer) => {
    const config = readWorkerConfig(environment)
    const log = createLog('worker', config.logLevel)
    defer(closeLoaded)
    const load = await importProjections(resolve(folder))
    const { telemetry, scrape } = await startTelemetry(config.metrics, defer)
    const { leaseDuration, pollInterval, stalledAfter, waitingAfter } = config
    const polls = pollInterval !== undefined && { pollInterval }
    const meter = instanceMeter(telemetry)
    const measured = { telemetry: meter.telemetry }
    const opening = { setting: 'TIDEMARK_STORAGE', ...measured, ...polls, ...config.opening }
    const { storage, vault } = await openStorageWithVault(config.storage, config.vault, opening)
    defer(() => storage.close())
    const { projections, subscribers } = await load(storage)
    const sealer = config.chain && (await openSealer(storage, config.chain))
    if (sealer) defer(() => sealer.close())
    const reporter = vault && createVaultReporter(vault, systemClock)
    const chainReporter = sealer && createChainReporter(sealer.chain, systemClock)
    // Identifies the process to operators who list the leases.
    const workerId = `${hostname().slice(0, 100)}:${process.pid}:${randomUUID().slice(0, 8)}`
    const { close } = reportInstance(storage, {
      kind: 'worker',
      service: 'worker',
      id: workerId,
      release: config.release,
      every: cadenceOf(config.storage).reports,
      meter,
    })
    defer(close)
    const standby = createStandbyLog(log)
    defer(async () => standby.stop())
    const processor = await startProcessor(storage, sealer ? [...projections, sealer.consumer] : projections, {
      workerId,
      ...(config.release !== undefined && { release: config.release }),
      leaseDuration,
      stalledAfter,
      waitingAfter,
      ...polls,
      ...measured,
      onError(err, place) {
        if (place.forgetting) reporter?.failed(err)
        if (sealer && place.projection === sealer.consumer.name) chainReporter?.failed(err)
        logFailure(log, err, place)
      },
      onStandby: standby.tell,
      onVersion: (notice) => log[levelOf(notice)](notice, tellVersion(notice, folder)),
    })
    defer(() => processor.stop())
    const receiving = await startSubscribers(storage, subscribers, { log, ...measured })
    defer(receiving.stop)
    if (telemetry) {
      const unobserve = observeEventLoop(telemetry)
      defer(async () => unobserve())
    }
    if (chainReporter && telemetry) {
      const gauges = async () => chainGauges(await chainReporter.read(), systemClock.now())
      const unobserve = telemetry.observe(gauges)
      defer(async () => unobserve())
    }
    const reporting = {
      ...(scrape && { scrape }),
      ...(reporter && { vault: reporter.read }),
      ...(chainReporter && { chain: chainReporter.read }),
      ...(subscribers.length > 0 && { subscribers: receiving.status, waitingAfter }),
    }
    const server = createHealthServer(() => processor.status(), { access: config, stalledAfter, ...reporting })
    const url = await listen(server, config, 'WORKER_PORT')
    defer(() => closeServer(server))
    if (!isLoopback(config.host)) {
      log.warn({ host: config.host }, 'anyone who can reach this address can read the status, including error messages')
    }
    if (sealer) log.info({ origin: sealer.chain.context.origin }, 'the log is sealed')
    log.info({ projections: projections.map(({ name }) => name) }, `the worker's health is at ${url}/health`)
    return url
  })
}

async function openSealer(storage: Storage, config: ChainConfig): Promise<OpenedSealer> {
  const opening = await import('../open/chain/opening/open-sealer.ts')
  return opening.openSealer(storage, config)
}
