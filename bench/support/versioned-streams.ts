/** A set of streams and the version that each is at, so that every append can say which one it expects. */
export type VersionedStreams = {
  /** Answers the streams in turn. */
  next(): { readonly id: string; version: number }
}

/** Streams that no one else appends to. */
export function versionedStreams(prefix: string, count: number): VersionedStreams {
  const streams = Array.from({ length: count }, (_, i) => ({ id: `reading:${prefix}-${i}`, version: 0 }))
  let turn = 0
  return { next: () => streams[turn++ % count] as (typeof streams)[number] }
}
