/** The message ids that a queue or topic has taken within the last so many milliseconds. */
export class DuplicateDetection {
  readonly #window: number
  readonly #forgotten: (id: string) => void
  /** By the time when each was taken, the oldest first. */
  readonly #taken = new Map<string, number>()

  /**
   * @param window milliseconds
   * @param forgotten called for each id that was taken longer ago
   */
  constructor(window: number, forgotten: (id: string) => void) {
    this.#window = window
    this.#forgotten = forgotten
  }

  /** Whether the id was taken within the window. */
  has(id: string, now: number): boolean {
    for (const [oldest, at] of this.#taken) {
      if (at + this.#window > now) break
      this.#taken.delete(oldest)
      this.#forgotten(oldest)
    }
    return this.#taken.has(id)
  }

  add(id: string, now: number): void {
    this.#taken.delete(id)
    this.#taken.set(id, now)
  }
}
