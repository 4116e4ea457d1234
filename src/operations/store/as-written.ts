import type { JsonObject } from '../../core/json/json.ts'

/** A schema that takes data as it is; only `tidemark` writes these events, and a stream's commands validate what people give. */
export const asWritten = <T extends JsonObject>(): {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'tidemark'
    readonly validate: (value: unknown) => { readonly value: T }
    readonly types?: { readonly input: T; readonly output: T }
  }
} => ({ '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as T }) } })
