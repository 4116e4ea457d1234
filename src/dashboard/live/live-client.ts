import type { ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { endWithin, isOver } from '../../http/streams/server-sent-events.ts'
import type { TopicName } from '../contract/topics.ts'
import { type Message, type Patch, textOf } from './message.ts'

/** One browser that is sent changes. What it does not read is kept in a few messages, whatever happens meanwhile. */
export type LiveClient = {
  readonly topics: ReadonlySet<TopicName>
  /** The key of its session. */
  readonly session: string
  /** The topics whose rows it was not sent yet. */
  readonly awaited: Set<TopicName>
  /** Sends a message, or keeps what is needed of it until the client has read what it was sent. */
  send(message: Message): void
  /** Sends a text that is for this client only. */
  write(text: string): void
  /** Sends the time, unless the client has not read what is there; destroys a client that has not read for too long. */
  tick(n: number): void
  end(): void
}

export type LiveClientOptions = {
  readonly response: ServerResponse
  readonly topics: ReadonlySet<TopicName>
  readonly session: string
  readonly epoch: string
  readonly clock: Pick<Clock, 'now'>
}

const MOST_BUFFERED = 1024 * 1024
const STALLED_AFTER = 30_000

// Rows of one topic that are kept for a client that does not read; of more, it must ask for a snapshot.
const MOST_PENDING_ROWS = 2_000

// Notices that are kept.
const MOST_NOTICES = 20

/** Milliseconds in which a client must have read the rest. */
const FAREWELL = 1_000

export function createLiveClient({ response, topics, session, epoch, clock }: LiveClientOptions): LiveClient {
  const awaited = new Set(topics)
  const patches = new Map<TopicName, Patch | 'gap'>()
  let notices: string[] = []
  let sample: string | undefined
  let skippedTo: number | undefined
  let stalledSince: number | undefined
  let looked = false

  function write(text: string): void {
    if (isOver(response)) return
    if (!response.write(text)) stalledSince ??= clock.now()
  }

  // A client that has not been sent all of its topics yet must not resume after what it was sent.
  const idLine = (n: number) => (awaited.size === 0 ? `id: ${epoch}-${n}\n` : '')

  function skip({ n, name, text, patch }: Message): void {
    skippedTo = n
    if (patch !== null) patches.set(patch.topic, merged(patches.get(patch.topic), patch))
    else if (name === 'sample') sample = text
    else notices = [...notices, text].slice(-MOST_NOTICES)
  }

  /** Sends what was kept. Only the last part has an id: a client that gets some of it only gets all of it again. */
  function catchUp(): void {
    if (isOver(response)) return
    stalledSince = undefined
    looked = false
    if (skippedTo === undefined) return
    const kept = [
      ...[...patches].map(([topic, patch]) => (patch === 'gap' ? textOf('gap', { topic }) : textOf('patch', patch))),
      ...notices,
      ...(sample === undefined ? [] : [sample]),
      textOf('ping', { at: clock.now() }),
    ]
    const last = kept.pop() ?? ''
    const id = idLine(skippedTo)
    patches.clear()
    notices = []
    sample = undefined
    skippedTo = undefined
    write(`${kept.join('')}${id}${last}`)
  }

  response.on('drain', catchUp)

  return {
    topics,
    session,
    awaited,
    send(message) {
      if (message.topic !== null && (!topics.has(message.topic) || awaited.has(message.topic))) return
      if (stalledSince === undefined) write(idLine(message.n) + message.text)
      else skip(message)
    },
    write,
    tick(n) {
      if (stalledSince === undefined) return write(idLine(n) + textOf('ping', { at: clock.now() }))
      const isLong = clock.now() - stalledSince >= STALLED_AFTER
      // A large snapshot may be on its way for a moment.
      if (isLong || (looked && response.writableLength > MOST_BUFFERED)) response.destroy()
      looked = true
    },
    end: () => endWithin(response, FAREWELL),
  }
}

/** Two patches, one after the other, as one. */
function merged(before: Patch | 'gap' | undefined, patch: Patch): Patch | 'gap' {
  if (before === undefined) return patch
  if (before === 'gap') return 'gap'
  const set = { ...before.set, ...patch.set }
  return Object.keys(set).length > MOST_PENDING_ROWS ? 'gap' : { ...patch, from: before.from, set }
}
