import type { OperationsChange } from '../../operations/model/operations.ts'
import type { TopicName } from '../contract/topics.ts'
import { differences, type Rows } from './differences.ts'
import { type Patch, textOf } from './message.ts'
import type { TopicSource } from './topic-source.ts'

/** The rows of one topic, computed once for all subscribers, and not at all without one. */
export type LiveTopic = {
  readonly name: TopicName
  /** The rows and their revision; undefined while they are not known. */
  readonly known: { readonly rev: number; readonly data: Rows } | undefined
  /** The message `snapshot`, which is made once for each revision. */
  snapshotText(): string | undefined
  /** Adds a subscriber. The returned function removes it. */
  hold(): () => void
  readonly holders: number
  /** Begins to compute, if it does not. @param n the number of the latest message */
  begin(n: number): void
  /** The number of the message after which no patch was missed; undefined while nothing is computed. */
  readonly since: number | undefined
  end(): void
  /** Computes the rows again if they depend on what changed. */
  changed(changes: ReadonlySet<OperationsChange>): void
}

/**
 * @param onKnown called when the rows are known for the first time since it began
 * @param onPatch called when they changed
 */
export function createLiveTopic(
  name: TopicName,
  source: TopicSource,
  onKnown: (topic: LiveTopic) => void,
  onPatch: (patch: Patch) => void,
): LiveTopic {
  let rev = 0
  let rows: Rows | undefined
  let text: string | undefined
  let holders = 0
  let since: number | undefined
  let unwatch: (() => void) | undefined
  let run = 0
  let isComputing = false
  let isDue = false

  async function compute(): Promise<void> {
    if (isComputing) {
      isDue = true
      return
    }
    const current = run
    isComputing = true
    try {
      do {
        isDue = false
        const next = (await source.rows()) as Rows | undefined
        if (current === run && next !== undefined) replace(next)
      } while (isDue && current === run)
    } catch {
      // The next change computes it again.
    } finally {
      isComputing = false
    }
    if (isDue) void compute()
  }

  function replace(next: Rows): void {
    const set = rows === undefined ? next : differences(rows, next)
    if (set === undefined) return
    const isFirst = rows === undefined
    rows = next
    text = undefined
    rev++
    if (isFirst) onKnown(topic)
    else onPatch({ topic: name, rev, from: rev - 1, set })
  }

  const topic: LiveTopic = {
    name,
    get known() {
      return rows === undefined ? undefined : { rev, data: rows }
    },
    snapshotText() {
      if (rows !== undefined) text ??= textOf('snapshot', { topic: name, rev, data: rows })
      return text
    },
    hold() {
      holders++
      let isHeld = true
      return () => {
        if (isHeld) holders--
        isHeld = false
      }
    },
    get holders() {
      return holders
    },
    begin(n) {
      if (since !== undefined) return
      since = n
      unwatch = source.watch?.()
      void compute()
    },
    get since() {
      return since
    },
    end() {
      since = undefined
      rows = undefined
      text = undefined
      run++
      unwatch?.()
      unwatch = undefined
    },
    changed(changes) {
      if (since !== undefined && source.on.some((one) => changes.has(one))) void compute()
    },
  }
  return topic
}
