import type { Context } from './context.ts'
import type { Answer } from './message.ts'

/** Handles a request; it gets the names in the path. */
export type Route = (context: Context, ...names: string[]) => Answer

/** Routes by method and pattern, such as `GET dbs/*`. */
export type Routes = Readonly<Record<string, Route>>
