import type { Json } from '../../core/json/json.ts'
import { withProperty } from '../subjects/fold-subject.ts'
import { isSameValue } from '../subjects/same-value.ts'
import type { SubjectState } from '../subjects/subject.ts'

/** The value of a property, and its time with `latestBy`. */
type Property = { readonly value: Json | undefined; readonly at: string | undefined }

/** A property in a trial, where it is another one than in the log. */
type Kept = Property & {
  /** It holds until a later version of the subject writes the property. */
  readonly since: number
}

/**
 * The properties of a subject that are other ones in a trial than they were: the rule did not write then what it writes
 * now. What other rules wrote stays as it was, and replaces them.
 */
export type Overlay = {
  readonly isEmpty: boolean
  /** A state of the log as it is in the trial. @param writtenAt the last version that wrote a property */
  over(state: SubjectState, version: number, writtenAt: (property: string) => number): SubjectState
  /** Notes a property after the rule has been tried at an event. */
  set(property: string, kept: Kept): void
  /** The property is as in the log again. */
  remove(property: string): void
}

/** Creates an overlay of nothing. */
export function createOverlay(): Overlay {
  const all = new Map<string, Kept>()
  return {
    get isEmpty() {
      return all.size === 0
    },
    over(state, version, writtenAt) {
      let result = state
      for (const [name, { value, at, since }] of all) {
        if (writtenAt(name) > since) all.delete(name)
        // Of an earlier moment, it is not known.
        else if (since <= version) {
          const change = { name, ...(value !== undefined && { new: value }), ...(at !== undefined && { at }) }
          result = withProperty(result, change)
        }
      }
      return result
    },
    set: (property, kept) => void all.set(property, kept),
    remove: (property) => void all.delete(property),
  }
}

export const propertyOf = ({ properties, times }: SubjectState, name: string): Property => ({
  value: properties[name],
  at: times[name],
})

export const isSameProperty = (a: Property, b: Property): boolean => a.at === b.at && isSameValue(a.value, b.value)
