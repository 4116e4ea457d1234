import type { OperationsChange } from '../../operations/model/operations.ts'
import type { TopicName, Topics } from '../contract/topics.ts'

/** Where the rows of a topic come from. */
export type TopicSource<T extends TopicName = TopicName> = {
  /** What they depend on. */
  readonly on: readonly OperationsChange[]
  /** The rows now; undefined while they are not known yet. What it throws leaves the rows as they are. */
  rows(): Topics[T] | undefined | Promise<Topics[T] | undefined>
  /** Called with the first subscriber. The returned function is called some time after the last one left. */
  watch?(): () => void
}

/** The sources of all topics. */
export type TopicSources = { readonly [T in TopicName]: TopicSource<T> }
