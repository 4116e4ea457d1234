import { effect, signal } from '@preact/signals'
import type { TopicName } from '../../../contract/topics.ts'

/** What the frame around the pages shows. */
export const ALWAYS: readonly TopicName[] = ['overview', 'incidents', 'alerts']

/** What is on the screen, and is to be sent. */
export const wanted = signal<readonly TopicName[]>(ALWAYS)

/** Names what the page that is shown needs, and keeps it until the next page does. */
export function want(topics: readonly TopicName[]): void {
  const next = [...new Set([...ALWAYS, ...topics])].sort()
  if (next.join() !== wanted.peek().join()) wanted.value = next
}

/** Calls back at once, and after every change. */
export function onWanted(changed: (topics: readonly TopicName[]) => void): () => void {
  return effect(() => changed(wanted.value))
}
