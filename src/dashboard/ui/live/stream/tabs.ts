import type { TopicName } from '../../../contract/topics.ts'
import { NO_SAMPLES, type Samples, samples } from '../samples.ts'
import { forgetAllBut } from '../topics.ts'
import { apply, fetchSnapshots } from './apply.ts'
import { type Leader, lead } from './leader.ts'
import type { LiveMessage } from './receive.ts'
import { onWanted } from './wanted.ts'

// A browser keeps at most six connections to a server, so of all tabs only one holds the stream. It relays what it
// receives to the others. Who it is decides a lock, which the browser passes on when that tab is closed.

type TabMessage =
  /** What a tab shows; nothing when it is closed. */
  | { readonly kind: 'wants'; readonly tab: string; readonly topics: readonly TopicName[] }
  | { readonly kind: 'relay'; readonly message: LiveMessage }
  /** Another tab leads from now on. */
  | { readonly kind: 'leads' }
  /** How the stream began, and what was measured in the last minutes, for a tab that is new. */
  | { readonly kind: 'welcome'; readonly to: string; readonly hello: LiveMessage; readonly samples: Samples }

const SAY_EVERY = 45_000

/** A tab among the others of this browser. */
export type Tab = {
  /** Becomes the leader although another tab is: nothing comes from that one, though the server responds. */
  takeOver(): void
  leave(): void
}

/** @param relayed is called for each message that came by the stream */
export function joinTabs(relayed: () => void): Tab {
  const name = `tidemark ${location.pathname}`
  const tab = crypto.randomUUID()
  const channel = new BroadcastChannel(name)
  const ending = new AbortController()
  let leader: Leader | undefined
  let topics: readonly TopicName[] = []
  let hello: LiveMessage | undefined
  let end = () => {}

  const post = (message: TabMessage) => channel.postMessage(message)
  const take = (message: LiveMessage) => {
    relayed()
    apply(message)
  }
  const say = () => {
    leader?.wants(tab, topics)
    if (leader === undefined) post({ kind: 'wants', tab, topics })
  }

  function begin(): Promise<void> {
    leader = lead(
      (message) => {
        if (message.name === 'hello') hello = message
        post({ kind: 'relay', message })
        take(message)
      },
      (sent) => forgetAllBut(sent),
    )
    post({ kind: 'leads' })
    say()
    return new Promise((resolve) => {
      end = resolve
    })
  }

  function compete(options: LockOptions): void {
    navigator.locks.request(name, options, begin).catch(() => {
      // Another tab took over, or this one leaves.
      leader?.close()
      leader = undefined
      if (!ending.signal.aborted) compete({ signal: ending.signal })
    })
  }

  channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === 'relay') {
      if (leader === undefined && concerns(data.message, topics)) take(data.message)
    } else if (data.kind === 'leads') {
      if (leader === undefined) say()
    } else if (data.kind === 'wants') {
      leader?.wants(data.tab, data.topics)
      if (leader !== undefined && hello !== undefined && data.topics.length > 0) {
        post({ kind: 'welcome', to: data.tab, hello, samples: samples.peek() })
      }
    } else if (data.to === tab && samples.peek() === NO_SAMPLES) {
      samples.value = data.samples
      apply(data.hello)
    }
  })
  const unwatch = onWanted((wanted) => {
    const added = wanted.filter((topic) => !topics.includes(topic))
    topics = wanted
    say()
    if (leader !== undefined) return
    forgetAllBut(wanted)
    // The stream may have sent these long ago.
    fetchSnapshots(added).catch(() => {})
  })
  const timer = setInterval(say, SAY_EVERY)
  compete({ signal: ending.signal })

  return {
    takeOver() {
      if (leader === undefined) compete({ steal: true })
    },
    leave() {
      topics = []
      say()
      unwatch()
      clearInterval(timer)
      ending.abort()
      leader?.close()
      leader = undefined
      end()
      channel.close()
    },
  }
}

/** Whether a message is about what is shown here. */
function concerns({ name, data }: LiveMessage, topics: readonly TopicName[]): boolean {
  return name === 'snapshot' || name === 'patch' || name === 'gap' ? topics.includes(data.topic) : true
}
