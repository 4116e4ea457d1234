import type { TopicName } from '../../../contract/topics.ts'
import { get } from '../request.ts'
import { type LiveMessage, MESSAGE_NAMES } from './receive.ts'

const AGAIN_AFTER = 5000

/**
 * Opens the one stream of this browser. It is opened again after every failure, by the browser or, where the browser
 * gives up because the server responded with an error, after a while.
 *
 * @returns what closes it
 */
export function openStream(topics: readonly TopicName[], received: (message: LiveMessage) => void): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(`api/live?topics=${topics.join()}`)
    for (const name of MESSAGE_NAMES) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        received({ name, data: JSON.parse(data) } as LiveMessage)
      })
    }
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) return
      // The reason is not told: whether the session has ended shows by another request.
      get('session').catch(() => {})
      timer = setTimeout(open, AGAIN_AFTER)
    })
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
