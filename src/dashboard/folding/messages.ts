import type { MessagePort } from 'node:worker_threads'
import type { PayloadMode } from '../payloads/payload.ts'
import type { Foldable, Folding } from '../server/folding.ts'

/** What the thread needs to know. */
export type FoldingData = {
  /** The storage's URL, which may contain secrets. */
  readonly url: string
  /** Its name in errors. */
  readonly setting: string
  /** Paths, as they were given; undefined: nothing of that kind is loaded. */
  readonly projections: string | undefined
  readonly aggregates: string | undefined
  readonly payloads: PayloadMode
}

/** What the thread is started with. */
export type ThreadData = FoldingData & { readonly port: MessagePort }

/** What the thread does. */
export type Calls = Pick<Folding, 'replay' | 'dropOne' | 'stateAt'>

/** A call of one of them. */
export type Calling = {
  [Name in keyof Calls]: { readonly call: Name; readonly args: Parameters<Calls[Name]> }
}[keyof Calls]

/** A failure in the thread, as far as it is known elsewhere. */
export type Failure = { readonly code: string; readonly message: string }

/** What the thread sends: once what it loaded, signs of life while it works, and one reply to each call. */
export type FoldingMessage =
  | { readonly loaded: readonly Foldable[] }
  | { readonly alive: true }
  | { readonly result: unknown }
  | { readonly failure: Failure }
