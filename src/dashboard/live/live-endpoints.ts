import { InvalidOption } from '../../core/errors/input.ts'
import { EventStreamRefused } from '../../http/errors.ts'
import { packageVersion } from '../../process/package-version.ts'
import type { TopicName } from '../contract/topics.ts'
import { Refused } from '../server/refused.ts'
import { respondJson } from '../server/respond.ts'
import type { Endpoint } from '../server/router.ts'
import type { Hub } from './hub.ts'
import { SAMPLED } from './publish-changes.ts'

const TOPICS: { readonly [T in TopicName]: true } = {
  overview: true,
  instances: true,
  projections: true,
  ranges: true,
  parked: true,
  alerts: true,
  pending: true,
  rules: true,
  silences: true,
  incidents: true,
  activity: true,
  storage: true,
  recent: true,
  integrity: true,
  privacy: true,
  domainRules: true,
}

/** What the streams of a dashboard are served from, once it has opened. */
export type LiveParts = { readonly hub: Hub; readonly everyMs: number }

/** `GET live` and `GET snapshot`. */
export function liveEndpoints(parts: Promise<LiveParts>): readonly Endpoint[] {
  const release = packageVersion()
  return [
    {
      method: 'GET',
      path: 'live',
      role: 'viewer',
      async serve({ request, response, query, by }) {
        const topics = topicsIn(query)
        const { hub, everyMs } = await parts
        const lastEventId = request.headers['last-event-id']
        try {
          hub.serve(response, {
            topics,
            session: by?.key ?? '',
            lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
            hello: { release, role: by?.role ?? 'viewer', everyMs, series: SAMPLED },
          })
        } catch (error) {
          // Browsers that are one too many try again and again: the log must not grow with that.
          throw error instanceof EventStreamRefused ? busy(error) : error
        }
      },
    },
    {
      method: 'GET',
      path: 'snapshot',
      role: 'viewer',
      async serve({ response, query }) {
        const topics = topicsIn(query)
        respondJson(response, await (await parts).hub.snapshots(topics))
      },
    },
  ]
}

const busy = ({ code, message }: EventStreamRefused) => new Refused(503, code, message, { 'retry-after': '1' })

/** @throws InvalidOption for a name that is no topic */
function topicsIn(query: URLSearchParams): readonly TopicName[] {
  const names = [...new Set((query.get('topics') ?? '').split(',').filter((name) => name !== ''))]
  const unknown = names.find((name) => !Object.hasOwn(TOPICS, name))
  if (unknown !== undefined) throw new InvalidOption('topics', `names among ${Object.keys(TOPICS).join(', ')}`, unknown)
  return names as TopicName[]
}
