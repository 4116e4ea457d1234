import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Started, workshop } from '../demo/demo-process.ts'

const run = promisify(execFile)

/** A shop that has said where it answers. */
export type RunningShop = {
  readonly shop: Started
  readonly api: string
  readonly notifications: string
}

/** The scripts of its processes, as they are in a command line. */
export const PROCESSES = {
  api: 'shop/api/main.ts',
  bus: 'shop/bus/main.ts',
  cache: 'shop/cache',
  notifications: 'shop/notifications/main.ts',
  worker: 'shop/worker',
} as const

/** Starts the shop on a folder. @param redis the port of a server, if there is one */
export async function startShop(
  space: ReturnType<typeof workshop>,
  folder: string,
  redis?: number,
): Promise<RunningShop> {
  const shop = space.start('src/demo/shop/start.ts', ['--storage', `file:${join(folder, 'data')}?ranges=4`], {
    VIEW_TIMEOUT: '30000',
    // Nothing listens there: a server of this machine is not for tests.
    REDIS_URL: `redis://127.0.0.1:${redis ?? 9}`,
  })
  const [, api = ''] = await shop.find(/API {12}(\S+)/)
  const [, notifications = ''] = await shop.find(/notifications {2}(\S+)\/notifications/)
  await shop.find(/rules explain/)
  return { shop, api, notifications }
}

/** The id of one of the processes; undefined while it is not there. */
export async function pidOf({ shop }: RunningShop, process: keyof typeof PROCESSES): Promise<number | undefined> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args='])
  const line = stdout.split('\n').find((row) => {
    const [, parent] = row.trim().split(/\s+/)
    return Number(parent) === shop.child.pid && row.includes(PROCESSES[process])
  })
  return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0])
}

/** Reads JSON. */
export async function read(url: string, headers: Record<string, string> = {}): Promise<readonly [number, unknown]> {
  const answer = await fetch(url, { headers })
  return [answer.status, await answer.json()]
}

/** Sends one event, or several. */
export async function post(api: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${api}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const position = answer.headers.get('tidemark-position') ?? ''
  return { status: answer.status, position, body: (await answer.json()) as Record<string, unknown> }
}

/** All items of a list, page by page. */
export async function readAll(url: string, headers: Record<string, string> = {}, limit = 3): Promise<unknown[]> {
  const items: unknown[] = []
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const [status, page] = await read(`${url}?limit=${limit}&after=${after}`, headers)
    if (status !== 200) throw new Error(JSON.stringify(page))
    const { items: found, next } = page as { items: unknown[]; next?: string }
    items.push(...found)
    after = next
  }
  return items
}
