import type { LiveMessages } from '../contract/live.ts'
import type { TopicName } from '../contract/topics.ts'
import type { RowChanges } from './differences.ts'

/** A change of a topic's rows. */
export type Patch = {
  readonly topic: TopicName
  readonly rev: number
  readonly from: number
  readonly set: RowChanges
}

/** A message to all who want it. */
export type Message = {
  /** Where it stands among all messages, from 1. */
  readonly n: number
  readonly name: keyof LiveMessages
  /** The topic whose subscribers get it; null: all clients. */
  readonly topic: TopicName | null
  /** Its name and data as they are sent, without an id. */
  readonly text: string
  /** What it changes, if it is a patch: skipped patches are sent as one. */
  readonly patch: Patch | null
}

/** The text of a message, without an id. JSON has no line breaks. */
export const textOf = (name: keyof LiveMessages, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
