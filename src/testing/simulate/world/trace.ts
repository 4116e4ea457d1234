const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** What happened in a simulation, line by line. */
export type Trace = {
  note(line: string): void
  /** A fingerprint of all lines: the same seed gives the same one. */
  hash(): string
  /** The last lines, as many as are kept. */
  readonly lines: readonly string[]
}

/**
 * Creates a trace.
 *
 * @param keep how many of the last lines are kept; all go into the fingerprint (two runs of 32-bit FNV-1a)
 */
export function createTrace(now: () => number, keep: number): Trace {
  let lines: string[] = []
  let a = 0x811c9dc5
  let b = 0x01000193
  const ids = new Map<string, string>()
  // Ids that are random in each run are replaced by their order of appearance.
  const named = (id: string): string => {
    const name = ids.get(id) ?? `id${ids.size + 1}`
    ids.set(id, name)
    return name
  }
  return {
    note(given) {
      const text = given.replace(UUIDS, named)
      const line = `${now().toFixed(1).padStart(9)}  ${text}`
      for (let i = 0; i < line.length; i++) {
        a = Math.imul(a ^ line.charCodeAt(i), 0x01000193)
        b = Math.imul(b ^ line.charCodeAt(i), 0x85ebca6b)
      }
      if (keep === 0) return
      lines.push(line)
      if (lines.length > keep * 2) lines = lines.slice(-keep)
    },
    hash: () => [a, b].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join(''),
    get lines() {
      return lines.slice(-keep)
    },
  }
}
