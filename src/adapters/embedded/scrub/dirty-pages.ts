/** The pages of a file that may contain leftovers of deleted rows, by number from 1. */
export class DirtyPages {
  #flags = new Uint8Array(0)
  #all = true

  /** Marks every page. */
  addAll(): void {
    this.#all = true
    this.#flags.fill(0)
  }

  add(pageNumber: number): void {
    if (pageNumber >= this.#flags.length) this.#grow(pageNumber + 1)
    this.#flags[pageNumber] = 1
  }

  /** Call it before asking about single pages. @param pageCount the number of pages of the file */
  fit(pageCount: number): void {
    if (this.#flags.length < pageCount + 1) this.#grow(pageCount + 1)
    if (this.#all) this.#flags.fill(1, 1)
    this.#all = false
  }

  /** The first such page from a number on, or undefined. */
  next(from: number): number | undefined {
    const found = this.#flags.indexOf(1, Math.max(from, 1))
    return found < 0 ? undefined : found
  }

  has(pageNumber: number): boolean {
    return this.#flags[pageNumber] === 1
  }

  remove(pageNumber: number): void {
    this.#flags[pageNumber] = 0
  }

  #grow(length: number): void {
    const flags = new Uint8Array(Math.max(length, this.#flags.length * 2))
    flags.set(this.#flags)
    this.#flags = flags
  }
}
