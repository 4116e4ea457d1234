import type { AnyPersonalRule, DataSchema, DescribedSchema } from './definition-types.ts'
import type { PersonalRule } from './sealing/personal-types.ts'

type Definition = DataSchema | DescribedSchema

/** Whether a definition is more than a schema. */
export const isDescribed = (definition: Definition): definition is DescribedSchema => !('~standard' in definition)

/** The schema of a definition. */
export const schemaOf = (definition: Definition): DataSchema =>
  isDescribed(definition) ? definition.schema : definition

/** The version of a definition's schema: 1 if it never had another. */
export const schemaVersionOf = (definition: Definition): number =>
  isDescribed(definition) ? (definition.version ?? 1) : 1

/** What of the data is personal. */
export function personalOf(definition: Definition): readonly PersonalRule[] {
  const rules = isDescribed(definition) ? definition.personal : undefined
  if (rules === undefined) return NONE
  return (Array.isArray(rules) ? rules : [rules as AnyPersonalRule]) as unknown as readonly PersonalRule[]
}

/** The members that are stored apart. */
export const apartOf = (definition: Definition): readonly string[] =>
  isDescribed(definition) ? (definition.apart ?? NONE) : NONE

const NONE: readonly never[] = []
