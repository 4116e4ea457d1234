import { InvalidDefinition } from '../core/errors/input.ts'

/** What a function of `unique` returns: a value, several, or none. An empty string counts as none. */
export type UniqueResult = string | null | undefined | readonly string[]

/** The values of an aggregate that no two of its streams may have at once, by the name of what they are. */
export type Unique<S> = { readonly [name: string]: (state: S) => UniqueResult }

/** A value, and under which name it is unique. */
export type UniqueValue = { readonly name: string; readonly value: string }

/** Values by a text that identifies each. */
export type UniqueValues = ReadonlyMap<string, UniqueValue>

/** No values at all. */
export const NO_VALUES: UniqueValues = new Map()

/**
 * The unique values of a state.
 *
 * @param isStandIn whether a text only stands in for the data of a person who was forgotten, and so is no value
 * @throws InvalidDefinition if a function returns anything else, and what it throws
 */
export function uniqueValuesOf<S>(
  unique: Unique<S> | undefined,
  state: S,
  isStandIn: (value: string) => boolean,
): UniqueValues {
  if (unique === undefined) return NO_VALUES
  const values = new Map<string, UniqueValue>()
  for (const [name, select] of Object.entries(unique)) {
    const selected: unknown = select(state)
    for (const value of Array.isArray(selected) ? selected : [selected ?? '']) {
      if (typeof value !== 'string') {
        throw new InvalidDefinition(`The function of unique.${name} must return a text, a list of texts, or null`)
      }
      if (value !== '' && !isStandIn(value)) values.set(identityOf({ name, value }), { name, value })
    }
  }
  return values
}

const identityOf = ({ name, value }: UniqueValue): string => JSON.stringify([name, value])

/** Whether a value is among some. */
export const hasValue = (values: UniqueValues, value: UniqueValue): boolean => values.has(identityOf(value))

/** What changes from one state to another. */
export type ValueChange = { readonly gained: readonly UniqueValue[]; readonly lost: readonly UniqueValue[] }

/** The values that only one of two states has. */
export const changeOf = (before: UniqueValues, after: UniqueValues): ValueChange => ({
  gained: without(after, before),
  lost: without(before, after),
})

const without = (some: UniqueValues, others: UniqueValues): UniqueValue[] =>
  [...some].flatMap(([key, value]) => (others.has(key) ? [] : [value]))
