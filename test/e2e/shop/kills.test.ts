import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { randomFrom } from '../../../src/core/random.ts'
import { connectRedis, findRedis, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { workshop } from '../demo/demo-process.ts'
import { type FoldedSubject, foldSubjects, type SentEvent } from './fold-subjects.ts'
import { PROCESSES, pidOf, post, type RunningShop, read, readAll, startShop } from './running-shop.ts'

const space = workshop()
const program = findRedis('WHAT THE SHOP WRITES TO REDIS WAS NOT TESTED')
let server: TestRedis | undefined

beforeAll(async () => {
  server = program === undefined ? undefined : await startRedis(program)
})
afterEach(() => space.clean())
afterAll(() => server?.[Symbol.asyncDispose]())

const USERS = 5
const EVENTS = 24
const TYPES = ['user_login', 'product_added', 'order_placed', 'page_viewed']

/** Sends a user's events one after the other, each again until it is acknowledged. @returns the last position */
async function sendAll(api: string, events: readonly SentEvent[]): Promise<string> {
  let last = ''
  for (const event of events) {
    for (;;) {
      const answer = await post(api, event).catch(() => undefined)
      if (answer?.status === 200 || answer?.status === 201) {
        last = answer.position
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return last
}

/** Kills one process after the other, at moments and in an order that the seed decides. */
async function killAtRandom(running: RunningShop, random: () => number, victims: readonly (keyof typeof PROCESSES)[]) {
  for (const victim of victims) {
    await new Promise((resolve) => setTimeout(resolve, random() * 1_500))
    const pid = await pidOf(running, victim)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
}

it.each([1])(
  'comes to the same as a plain fold, whatever is killed at which moment (seed %i)',
  {
    timeout: 300_000,
  },
  async (seed) => {
    const random = randomFrom(seed)
    const names = Object.keys(PROCESSES) as (keyof typeof PROCESSES)[]
    const users = Array.from({ length: USERS }, (_, user) => {
      const own = Array.from({ length: EVENTS }, (_, n): SentEvent => {
        const type = TYPES[Math.floor(random() * TYPES.length)] as string
        const member = type.split('_')[0] as string
        return {
          id: `${seed}-${user}-${n}`,
          type,
          user_id: `${seed}-${user}`,
          timestamp: 1_796_040_000 + n,
          [member]: n,
        }
      })
      return own
    })
    const running = await startShop(space, await space.folder(), server?.port)
    const { api, notifications, shop } = running
    const victims = Array.from(
      { length: 8 },
      () => names[Math.floor(random() * names.length)] as keyof typeof PROCESSES,
    )
    const [positions] = await Promise.all([
      Promise.all(users.map((events) => sendAll(api, events))),
      killAtRandom(running, random, victims),
    ])
    expect(shop.output().match(/is started again/g)?.length, shop.output()).toBeGreaterThan(0)

    const expected = foldSubjects(users.flat())
    for (const [id, { properties, log }] of expected) {
      const position = positions[Number(id.split('-').at(-1))] as string
      const at = { 'tidemark-position': position }
      expect(await reached(() => read(`${api}/subjects/${id}`, at))).toMatchObject([200, { id, properties }])
      // Rules run independently of one another, so only what one of them stored has an order.
      const stored = byType((await readAll(`${api}/subjects/${id}/log`, at, 10)) as typeof log)
      expect(stored).toEqual(byType(log))
    }
    const orders = [...expected.values()].flatMap(({ orders }) => orders)
    const notices = async () => (await readAll(`${notifications}/notifications`, {}, 100)) as { orderId: unknown }[]
    await expect.poll(async () => (await notices()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(orders.length)
    const told = (await notices()).map(
      ({ userId, orderId }: { userId?: unknown; orderId: unknown }) => `${userId} ${orderId}`,
    )
    expect(told.toSorted()).toEqual(orders.toSorted())
    if (server === undefined) return
    const client = await connectRedis(server)
    try {
      for (const [id] of expected) {
        const [, subject] = await read(`${api}/subjects/${id}`)
        const cached = async () => JSON.parse((await client.get(`subject:${id}`)) ?? '{}')
        await expect.poll(cached, { timeout: 60_000 }).toMatchObject(subject as object)
      }
    } finally {
      client.destroy()
    }
  },
)

const byType = (entries: FoldedSubject['log']) =>
  Object.fromEntries(TYPES.map((type) => [type, entries.filter((entry) => entry.type === type).map(({ id }) => id)]))

// A worker that was killed is started again, and takes over the ranges of the one before; both take a while.
const MOST_READS = 4

/** Reads again if the API is about to be started again, or the rules have not come so far in the time of one read. */
async function reached<T extends readonly [status: number, body: unknown]>(work: () => Promise<T>): Promise<T> {
  for (let reads = 1; ; ) {
    const answer = await work().catch(() => undefined)
    if (answer !== undefined && (answer[0] !== 504 || reads++ === MOST_READS)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
