import type { ServerResponse } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { LiveMessages } from '../../../src/dashboard/contract/live.ts'
import { SERIES } from '../../../src/dashboard/contract/series.ts'
import type { TopicName } from '../../../src/dashboard/contract/topics.ts'
import { fakeValue } from './fake-answers.ts'
import type { Tables } from './fake-tables.ts'

const SERIES_NAMES = Object.keys(SERIES)

/** The streams of all browsers. */
export function fakeLive(tables: Tables, everyMs: number) {
  const clients = new Set<{ readonly response: ServerResponse; readonly topics: readonly TopicName[] }>()
  const revisions = new Map<TopicName, number>()
  const epoch = String(Date.now())
  let sent = 0
  const revisionOf = (topic: TopicName) => revisions.get(topic) ?? 1
  const send = <Name extends keyof LiveMessages>(response: ServerResponse, name: Name, data: LiveMessages[Name]) => {
    sent += 1
    response.write(`id: ${epoch}-${sent}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const snapshotOf = (topic: TopicName) =>
    ({ topic, rev: revisionOf(topic), data: tables[topic] }) as LiveMessages['snapshot']
  return {
    snapshotOf,
    count: () => clients.size,
    open(response: ServerResponse, topics: readonly TopicName[], role: 'viewer' | 'operator') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' })
      response.write('retry: 2000\n\n')
      const client = { response, topics }
      clients.add(client)
      response.on('close', () => clients.delete(client))
      send(response, 'hello', { epoch, at: Date.now(), release: '1.18.2', role, everyMs, series: SERIES_NAMES })
      for (const topic of topics) send(response, 'snapshot', snapshotOf(topic))
    },
    /** Replaces rows, and sends those that differ. */
    set<T extends TopicName>(topic: T, rows: { readonly [key: string]: Tables[T][string] | null }) {
      const before = tables[topic]
      const set = Object.fromEntries(
        Object.entries(rows).filter(([key, row]) => !isDeepStrictEqual(before[key] ?? null, row)),
      )
      if (Object.keys(set).length === 0) return
      const merged = { ...before, ...set }
      tables[topic] = Object.fromEntries(Object.entries(merged).filter(([, row]) => row !== null)) as Tables[T]
      const from = revisionOf(topic)
      revisions.set(topic, from + 1)
      const patch = { topic, rev: from + 1, from, set } as unknown as LiveMessages['patch']
      for (const { response, topics } of clients) if (topics.includes(topic)) send(response, 'patch', patch)
    },
    sample(now: number) {
      for (const { response } of clients) {
        send(response, 'sample', { t: now, v: SERIES_NAMES.map((name) => fakeValue(name, now)) })
      }
    },
    ping(now: number) {
      for (const { response } of clients) send(response, 'ping', { at: now })
    },
    end() {
      for (const { response } of clients) response.end()
    },
  }
}
