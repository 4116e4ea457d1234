import type { Operation } from '../client/operation.ts'

/**
 * Runs each part of what may take many requests as a call of its own: each has its own deadline, so that it comes to an
 * end however much there is to be passed over.
 */
export type Steps = <T>(work: (operation: Operation) => Promise<T>) => Promise<T>
