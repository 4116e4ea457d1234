import type { Json } from '../../core/json/json.ts'

/** The properties of a subject, by name. */
export type Properties = { readonly [name: string]: Json | undefined }

/** The state of a subject's stream. */
export type SubjectState = {
  readonly properties: Properties
  /** The times of the properties that were set with `latestBy`, also of those that were removed so. ISO 8601 in UTC. */
  readonly times: { readonly [property: string]: string }
}

/** What a rule, or a reader, sees of a subject. It is frozen. */
export type Subject = SubjectState & {
  /** As the rules name it: `user:456`. */
  readonly id: string
  /** The version of its stream; 0 if no rule has written to it. */
  readonly version: number
}

/** A subject before the first rule. */
export const NO_PROPERTIES: SubjectState = { properties: {}, times: {} }
