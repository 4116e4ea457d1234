import { stripTypeScriptTypes } from 'node:module'

const WARNING = /^stripTypeScriptTypes is an experimental feature/

/** Removes the types of a module. Node warns at the first call, which would tell a user nothing: this one is held back. */
export function stripTypes(code: string): string {
  const emit = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!WARNING.test(String(warning))) emit.call(process, warning, ...rest)
  }
  try {
    return stripTypeScriptTypes(code)
  } finally {
    process.emitWarning = emit as typeof process.emitWarning
  }
}
