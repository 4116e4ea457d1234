/** What is needed of a client of `@redis/client`, or of `redis`, which fits it. Not one of a cluster. */
export type RedisClientLike = {
  /** Whether a command would be sent now, rather than queued until the server is back. */
  readonly isReady: boolean
  sendCommand(args: readonly (string | Buffer)[], options?: { typeMapping?: typeof AS_BYTES }): Promise<unknown>
}

/** Strings of replies (`$` in the protocol) as bytes rather than text. */
export const AS_BYTES = { 36: Buffer } as const
