import type { ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { EventStreamRefused } from '../../http/errors.ts'
import { EVENT_STREAM, formatRetry, isOver } from '../../http/streams/server-sent-events.ts'
import type { OperationsChange } from '../../operations/model/operations.ts'
import type { LiveMessages, SnapshotAnswer } from '../contract/live.ts'
import type { TopicName } from '../contract/topics.ts'
import { createLiveClient, type LiveClient } from './live-client.ts'
import { createLiveTopic, type LiveTopic } from './live-topic.ts'
import { type Message, type Patch, textOf } from './message.ts'
import { createRing } from './ring.ts'
import type { TopicSource, TopicSources } from './topic-source.ts'

/** What a browser asks for. */
export type Subscription = {
  readonly topics: readonly TopicName[]
  /** The session's key. */
  readonly session: string
  readonly lastEventId: string | undefined
  /** What `hello` says besides. */
  readonly hello: Omit<LiveMessages['hello'], 'epoch' | 'at'>
}

/** Sends changes to all browsers. */
export type Hub = {
  /** Sends changes until the browser disconnects. @throws EventStreamRefused before anything is sent */
  serve(response: ServerResponse, subscription: Subscription): void
  /** The tables of topics, without those that are not known within 3 seconds. */
  snapshots(topics: readonly TopicName[]): Promise<SnapshotAnswer>
  /** Computes again what depends on what changed. */
  changed(changes: ReadonlySet<OperationsChange>): void
  /** Sends a message to all clients. */
  publish<Name extends 'sample' | 'alert' | 'activity'>(name: Name, data: LiveMessages[Name]): void
  endSession(key: string): void
  /** Ends all streams, and refuses further ones. */
  close(): void
}

export type HubOptions = {
  readonly sources: TopicSources
  readonly clock: Clock
  /** Unique among the runs of all dashboards. */
  readonly epoch: string
  /** When the storage was last looked at: milliseconds since 1970, or null. */
  readonly measuredAt: () => number | null
  /** Called at each heartbeat. */
  readonly onBeat?: () => void
}

const MOST_CLIENTS = 64
// Of one session, so that one browser cannot take the places of all others.
const MOST_OF_SESSION = 16
const HEARTBEAT = 5_000
const RETRY = 2_000
/** Milliseconds for which a topic is still computed after the last one who looked at it. */
const LINGER = 15_000
const KNOWN_WITHIN = 3_000

const HEADERS = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
}

export function createHub({ sources, clock, epoch, measuredAt, onBeat = () => {} }: HubOptions): Hub {
  const clients = new Set<LiveClient>()
  const ring = createRing()
  const closing = new AbortController()
  const topics = new Map<TopicName, LiveTopic>()
  const idleSince = new Map<TopicName, number>()
  const waiting = new Set<() => void>()
  let n = 0

  for (const [name, source] of Object.entries(sources) as [TopicName, TopicSource][])
    topics.set(name, createLiveTopic(name, source, known, patched))

  const topicsOf = (names: Iterable<TopicName>) => [...names].flatMap((name) => topics.get(name) ?? [])

  function send(name: Message['name'], topic: TopicName | null, data: object, patch: Patch | null): void {
    n++
    const message: Message = { n, name, topic, text: textOf(name, data), patch }
    ring.add(message)
    for (const client of clients) client.send(message)
  }

  function patched(patch: Patch): void {
    send('patch', patch.topic, patch, patch)
  }

  function known(topic: LiveTopic): void {
    for (const client of clients) if (client.awaited.has(topic.name)) introduce(client, topic)
    for (const look of waiting) look()
  }

  /** Sends a table for the first time; after the last one, the client can resume from here. */
  function introduce(client: LiveClient, topic: LiveTopic): void {
    const text = topic.snapshotText()
    if (text === undefined) return
    client.write(text)
    client.awaited.delete(topic.name)
    if (client.awaited.size === 0) client.tick(n)
  }

  function resume(client: LiveClient, lastEventId: string | undefined): void {
    const [ofEpoch, from] = numberIn(lastEventId)
    const missed = ofEpoch === epoch ? ring.after(from) : undefined
    if (missed !== undefined) {
      for (const { name, since, known } of topicsOf(client.topics))
        if (since !== undefined && since <= from && known !== undefined) client.awaited.delete(name)
      for (const message of missed) client.send(message)
    }
    for (const topic of topicsOf(client.awaited)) introduce(client, topic)
  }

  function hold(names: readonly TopicName[]): () => void {
    const held = topicsOf(names).map((topic) => {
      topic.begin(n)
      idleSince.delete(topic.name)
      const release = topic.hold()
      return () => {
        release()
        if (topic.holders === 0) idleSince.set(topic.name, clock.now())
      }
    })
    return () => {
      for (const release of held) release()
    }
  }

  function endIdle(): void {
    for (const [name, since] of idleSince) {
      if (Math.abs(clock.now() - since) < LINGER) continue
      idleSince.delete(name)
      topics.get(name)?.end()
    }
  }

  async function beat(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(HEARTBEAT, closing.signal)
      if (closing.signal.aborted) return
      onBeat()
      for (const client of clients) client.tick(n)
      endIdle()
    }
  }
  void beat()

  return {
    serve(response, { topics: names, session, lastEventId, hello }) {
      if (closing.signal.aborted) throw new EventStreamRefused(undefined)
      // It may have disconnected while the dashboard was being opened, and will not say so again.
      if (isOver(response)) return
      if (clients.size >= MOST_CLIENTS) throw new EventStreamRefused(MOST_CLIENTS)
      const own = [...clients].filter((client) => client.session === session)
      if (own.length >= MOST_OF_SESSION) throw new EventStreamRefused(MOST_OF_SESSION)
      response.on('error', () => {})
      response.writeHead(200, HEADERS)
      const client = createLiveClient({ response, topics: new Set(names), session, epoch, clock })
      clients.add(client)
      const release = hold(names)
      response.once('close', () => {
        clients.delete(client)
        release()
      })
      client.write(formatRetry(RETRY) + textOf('hello', { epoch, at: clock.now(), ...hello }))
      resume(client, lastEventId)
    },
    async snapshots(names) {
      const release = hold(names)
      const all = Promise.withResolvers<void>()
      const look = () => {
        if (topicsOf(names).every(({ known }) => known !== undefined)) all.resolve()
      }
      waiting.add(look)
      look()
      const late = new AbortController()
      await Promise.race([all.promise, clock.sleep(KNOWN_WITHIN, AbortSignal.any([closing.signal, late.signal]))])
      late.abort()
      waiting.delete(look)
      const snapshots = topicsOf(names).flatMap(({ name, known }) => (known ? [{ topic: name, ...known }] : []))
      release()
      return { at: clock.now(), measuredAt: measuredAt(), snapshots } as SnapshotAnswer
    },
    changed(changes) {
      for (const topic of topics.values()) topic.changed(changes)
    },
    publish: (name, data) => send(name, null, data, null),
    endSession(key) {
      for (const client of clients) if (client.session === key) client.end()
    },
    close() {
      closing.abort()
      for (const client of clients) client.end()
      for (const topic of topics.values()) topic.end()
    },
  }
}

/** The epoch and the number of an id; an id that was not sent by a dashboard has none. */
function numberIn(id = ''): readonly [epoch: string | undefined, n: number] {
  const [, epoch, n] = /^(.+)-(\d{1,15})$/.exec(id) ?? []
  return [epoch, Number(n)]
}
