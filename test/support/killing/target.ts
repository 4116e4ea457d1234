/** A storage that several processes open by its URL, to be killed while they use it. */
export type KillTarget = {
  readonly name: string
  /** How often something is killed here, of so many times in a full run. */
  kills(most: number): number
  /** Milliseconds by which work takes longer than in a folder, all processes being on this machine. */
  readonly slack: number
  /** Makes an empty one; it is gone when it is disposed of. */
  make(): Promise<MadeTarget>
}

/** An empty storage. */
export type MadeTarget = AsyncDisposable & {
  readonly url: string
  /** Cuts the feed range that holds a hash there, while others use it; absent where ranges are never cut. */
  readonly cut?: (hash: string) => void
  /** What must hold of the database itself, besides, when all of its feed was read. */
  readonly check?: () => Promise<void>
}
