import type { Logger } from 'pino'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { SubscriberDefinition } from '../messaging/subscriber/define-subscriber.ts'
import type { Subscriber } from '../messaging/subscriber/start-subscriber.ts'
import type { SubscriberStatus } from '../messaging/subscriber/subscriber-status.ts'
import type { Storage } from '../views/with-views.ts'

/** The subscribers of a worker. */
export type Subscribers = {
  status(): readonly SubscriberStatus[]
  stop(): Promise<void>
}

/** Starts subscribers. @throws BusEntityUnsuitable, InvalidOption; none is running then */
export async function startSubscribers(
  storage: Storage,
  definitions: readonly SubscriberDefinition[],
  { log, telemetry }: { readonly log: Pick<Logger, 'info' | 'warn'>; readonly telemetry?: Telemetry },
): Promise<Subscribers> {
  const running: Subscriber[] = []
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()))
  }
  if (definitions.length === 0) return { status: () => [], stop }
  // A process without subscribers loads nothing of them.
  const { startSubscriber } = await import('../messaging/subscriber/start-subscriber.ts')
  try {
    for (const { name, subscription, ...options } of definitions) {
      const onError = (err: unknown) => log.warn({ subscriber: name, err }, 'a subscriber failed and will continue')
      const measured = telemetry && { telemetry }
      running.push(await startSubscriber(storage, { ...options, ...measured, subscription: subscription(), onError }))
      log.info({ subscriber: name }, 'a subscriber receives messages')
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { status: () => running.map((one) => one.status()), stop }
}
