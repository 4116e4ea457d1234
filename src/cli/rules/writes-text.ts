import type { EntryStored, PropertyChanged } from '../../rules/subjects/subject-events.ts'
import { jsonLine } from '../support/output.ts'

/** A change of a property, for people. */
export function changeText({ name, old, new: value }: PropertyChanged): string {
  if (value === undefined) return `removed ${name}, which was ${jsonLine(old)}`
  return `set ${name}: ${old === undefined ? 'nothing' : jsonLine(old)} -> ${jsonLine(value)}`
}

/** An entry of a store, for people. */
export const entryText = ({ store, entry }: EntryStored): string => `stored in ${store}: ${jsonLine(entry)}`
