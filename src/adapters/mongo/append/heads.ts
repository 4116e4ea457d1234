import type { Head } from './items.ts'

const MOST = 50_000

/**
 * The ends of streams as this process saw them last. Another process may have moved them since, so whoever goes by
 * them writes only where they still hold.
 */
export class Heads {
  readonly #heads = new Map<string, Head>()

  get(streamId: string): Head | undefined {
    return this.#heads.get(streamId)
  }

  /** Remembers a head; the one that was set the longest ago is forgotten for it. */
  set(streamId: string, head: Head): void {
    this.#heads.delete(streamId)
    this.#heads.set(streamId, head)
    if (this.#heads.size <= MOST) return
    const [oldest] = this.#heads.keys()
    this.#heads.delete(oldest as string)
  }

  forget(streamId: string): void {
    this.#heads.delete(streamId)
  }
}
