/** A storage that several processes open by its URL, to be killed while they use it. */
export type KillTarget = {
  readonly name: string
  /** Whether few are killed here, and the rest is left to the soak. */
  readonly few: boolean
  /** Milliseconds by which work takes longer than in a folder, all processes being on this machine. */
  readonly slack: number
  /** Makes an empty one; it is gone when it is disposed of. */
  make(): Promise<MadeTarget>
}

/** One whose feed ranges can be cut. */
export type CutTarget = Omit<KillTarget, 'make'> & {
  make(): Promise<
    MadeTarget & { /** Cuts the range that holds a hash, while others use it. */ cut(hash: string): void }
  >
}

/** An empty storage. */
export type MadeTarget = AsyncDisposable & {
  readonly url: string
  /** What must hold of the database itself, besides, when all of its feed was read. */
  readonly check?: () => Promise<void>
}
