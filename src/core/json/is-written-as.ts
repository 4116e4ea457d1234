import { NotJson } from '../errors/input.ts'
import { assertJson, type Json } from './json.ts'
import { MOST_OWN_LEVELS } from './json-faults.ts'

/** Whether a value is JSON that an append accepts. */
export function isStorable(value: unknown): value is Json {
  try {
    assertJson(value, '$', MOST_OWN_LEVELS)
    return true
  } catch (error) {
    if (error instanceof NotJson) return false
    throw error
  }
}

/**
 * The text that is written for a value, or undefined if an append rejects the value.
 *
 * @param text the text that the value was parsed from, or one that contains it
 */
export function writtenText(value: Json, text: string): string | undefined {
  // In text, only an escape can be a lone surrogate. Most texts have neither that nor many levels, so that the value need
  // not be visited once more.
  const isSuspect = text.includes('\\ud') || text.includes('\\uD') || mayNestDeeply(text)
  return isSuspect && !isStorable(value) ? undefined : JSON.stringify(value)
}

/**
 * Whether a text is exactly what is written for the value that was parsed from it: no member twice, no white space, each
 * number and each string in the one way in which JSON.stringify prints it; and nothing that an append rejects.
 */
export const isWrittenAs = (value: Json, text: string): boolean => writtenText(value, text) === text

function mayNestDeeply(text: string): boolean {
  if (text.length <= 2 * MOST_OWN_LEVELS) return false
  let opened = 0
  for (let i = text.indexOf('{'); i >= 0; i = text.indexOf('{', i + 1)) opened++
  for (let i = text.indexOf('['); i >= 0; i = text.indexOf('[', i + 1)) opened++
  return opened > MOST_OWN_LEVELS
}
