import type { VNode } from 'preact'
import type { Session } from '../../contract/session.ts'
import type { TopicName } from '../../contract/topics.ts'
import type { Route } from '../shell/route.ts'

/** What a page's module exports as `Page`. */
export type PageComponent = (props: Pick<Route, 'path' | 'query'>) => VNode

/** A page, as it stands in the navigation. Its code is loaded when it is first opened. */
export type PageEntry = {
  /** The first part of its address. */
  readonly name: string
  readonly title: string
  /** `g` and this letter open it. */
  readonly letter: string
  /** What it shows live, which may depend on what follows its name in the address. */
  readonly topics: readonly TopicName[] | ((path: Route['path']) => readonly TopicName[])
  /** Which pages stand together in the navigation. */
  readonly group: 'operations' | 'store'
  /** Whether there is anything to show; always, if not given. */
  readonly isUsed?: (pages: Session['pages']) => boolean
  readonly load: () => Promise<{ readonly Page: PageComponent }>
}
