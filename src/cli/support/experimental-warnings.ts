// SQLite and the stripping of types are experimental in Node 22, and stable in Node 24.
const KNOWN = /^(SQLite|Type Stripping) is an experimental feature/

/**
 * Keeps Node 22 from printing, with each command, that features are experimental which Tidemark is tested with on that
 * version. Every other warning is printed as before.
 */
export function hideExperimentalWarnings(): void {
  const emit = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const isKnown = rest[0] === 'ExperimentalWarning' && KNOWN.test(String(warning))
    if (!isKnown) emit.call(process, warning, ...rest)
  }
}
