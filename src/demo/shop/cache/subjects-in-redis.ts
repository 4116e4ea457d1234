import { createClient } from '@redis/client'
import { redisSubjects } from '../../../connectors/redis/index.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import { subjectSink } from '../../../rules/cache/subject-sink.ts'
import type { Storage } from '../../../views/with-views.ts'

let client: ReturnType<typeof connect> | undefined

export const close = async (): Promise<void> => void client?.destroy()

/** Writes the last state of subjects to Redis, as `subject:user:456`, and publishes it on the channel of that name. */
export default (storage: Storage): Reaction => {
  const { REDIS_URL: url } = process.env
  if (!url) throw new InvalidConfiguration('REDIS_URL', 'is not set')
  client = connect(url)
  return subjectSink('subjects-in-redis', { storage, cache: redisSubjects(client), from: 'start' })
}

function connect(url: string) {
  const redis = createClient({ url, socket: { reconnectStrategy: () => 500 }, disableOfflineQueue: true })
  // The reaction says that it waits.
  redis.on('error', () => {})
  redis.connect().catch(() => {})
  return redis
}
