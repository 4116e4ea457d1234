import type { TopicName } from '../../../contract/topics.ts'
import type { LiveMessage } from './receive.ts'
import { openStream } from './stream.ts'

/** Topics that no tab shows any more are sent this long, since the next page may show them again. */
const KEPT_FOR = 20_000

/** A tab is believed to be there for so long after it said what it shows. Hidden tabs say so once a minute. */
const BELIEVED_FOR = 150_000

/** The tab that holds the stream, for all tabs of the browser. */
export type Leader = {
  /** A tab, this one included, shows other topics now; none when it is closed. */
  wants(tab: string, topics: readonly TopicName[]): void
  close(): void
}

/** @param changed is called with the topics that are sent from now on */
export function lead(
  received: (message: LiveMessage) => void,
  changed: (topics: readonly TopicName[]) => void,
): Leader {
  const tabs = new Map<string, { readonly topics: readonly TopicName[]; readonly at: number }>()
  let sent: readonly TopicName[] = []
  let close = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined

  function needed(): readonly TopicName[] {
    for (const [tab, { at }] of tabs) if (Date.now() - at > BELIEVED_FOR) tabs.delete(tab)
    return [...new Set([...tabs.values()].flatMap(({ topics }) => topics))].sort()
  }

  function open(topics: readonly TopicName[]): void {
    clearTimeout(timer)
    timer = undefined
    close()
    sent = topics
    changed(topics)
    close = topics.length === 0 ? () => {} : openStream(topics, received)
  }

  function shrink(): void {
    timer = undefined
    const topics = needed()
    if (topics.length < sent.length) open(topics)
  }

  return {
    wants(tab, topics) {
      if (topics.length === 0) tabs.delete(tab)
      else tabs.set(tab, { topics, at: Date.now() })
      const all = needed()
      if (all.some((topic) => !sent.includes(topic))) open(all)
      else if (all.length < sent.length) timer ??= setTimeout(shrink, KEPT_FOR)
    },
    close() {
      clearTimeout(timer)
      close()
    },
  }
}
