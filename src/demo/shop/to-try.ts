/** What runs besides the API. */
export type Services = {
  /** Where the notifications service listens. */
  readonly notifications?: string | undefined
  /** The URL of the Redis server that has the last states. */
  readonly redis?: string | undefined
}

/** The services that the starter names in the environment of the API. */
export const servicesIn = ({ NOTIFICATIONS_URL, REDIS_URL }: NodeJS.ProcessEnv): Services => ({
  notifications: NOTIFICATIONS_URL || undefined,
  redis: REDIS_URL || undefined,
})

const EVENTS = [
  { type: 'user_login', timestamp: '2026-11-30T10:00:00Z', user_id: 456 },
  { type: 'product_added', timestamp: '2026-11-30T10:05:00Z', user_id: 456, product_id: 'tea-1', price: 4.5 },
  { type: 'order_placed', timestamp: '2026-11-30T10:10:00Z', user_id: 456, order_id: 'order-17', total: 4.5 },
]

/** Commands to try that work as they are printed. @param api where the API listens */
export function toTry(api: string, { notifications, redis }: Services): string {
  const post = (event: object) =>
    `curl -sS -H 'content-type: application/json' ${api}/events -d '${JSON.stringify(event)}'`
  const server = redis === undefined ? '' : serverOption(redis)
  const groups = [
    ['Send what happens on the site:', ...EVENTS.map(post)],
    [
      'See what the rules made of it:',
      `curl -sS ${api}/subjects/user:456`,
      `curl -sS ${api}/subjects/user:456/log`,
      ...(notifications === undefined ? [] : [`curl -sS ${notifications}/notifications`]),
    ],
    redis === undefined
      ? []
      : [
          'See the last state in Redis, and each change from now on:',
          `redis-cli${server} get subject:user:456`,
          `redis-cli${server} subscribe subject:user:456`,
        ],
  ]
  return groups
    .filter(([title]) => title !== undefined)
    .map(([title, ...commands]) => [title, ...commands.map((command) => `  ${command}`)].join('\n'))
    .join('\n\n')
    .concat('\n')
}

/** What `redis-cli` needs to find a server; without a password, which no terminal should show. */
function serverOption(url: string): string {
  const { hostname = '', port = '', pathname = '' } = URL.parse(url) ?? {}
  const database = pathname.slice(1)
  return [
    hostname !== '' && hostname !== '127.0.0.1' && ` -h ${hostname}`,
    port !== '' && port !== '6379' && ` -p ${port}`,
    database !== '' && database !== '0' && ` -n ${database}`,
  ]
    .filter((option) => option !== false)
    .join('')
}
