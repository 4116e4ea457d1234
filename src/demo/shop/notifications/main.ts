import { serviceBusSubscription } from '../../../connectors/service-bus/subscription.ts'
import { addressOf } from '../../../messaging/contracts/address.ts'
import { startSubscriber } from '../../../messaging/subscriber/start-subscriber.ts'
import { openStorage } from '../../../open/open-storage.ts'
import { runProcess } from '../../../process/lifecycle.ts'
import { listenFailure } from '../../../process/listen.ts'
import { createLog } from '../../../worker/log.ts'
import { connectBus } from '../bus/client.ts'
import { notices } from '../notices.ts'
import { buildNotifications } from './build.ts'
import { readNotificationsConfig } from './config.ts'
import { RECEIVED } from './received.ts'

// Another service, with a log of its own: it stores the notices that it receives over the bus, and shows them.
await runProcess(async (defer) => {
  const { host, allowedHosts, port, logLevel, storage: url, environment } = readNotificationsConfig(process.env)
  const logger = createLog('notifications', logLevel)
  const storage = await openStorage(url, { setting: 'NOTIFICATIONS_STORAGE' })
  defer(() => storage.close())
  const subscriber = await startSubscriber(storage, {
    events: notices.events,
    subscription: serviceBusSubscription(connectBus, { queue: addressOf(environment, notices) }),
    stream: () => RECEIVED,
    onError: (err) => logger.warn({ err }, 'receiving failed and will continue'),
  })
  defer(() => subscriber.stop())
  const api = buildNotifications(storage, { logger, access: { host, allowedHosts } })
  defer(() => api.close())
  return api.listen({ host, port }).catch((error) => {
    throw listenFailure(error, 'NOTIFICATIONS_PORT', host, port)
  })
})
