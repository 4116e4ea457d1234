import type { Json } from '../../core/json/json.ts'
import { visibleText } from '../../process/visible-text.ts'
import type { DiffLine } from '../contract/requests.ts'
import { type Difference, differences } from './differences.ts'
import type { PayloadMode } from './payload.ts'
import { printJson } from './print-json.ts'

/** How many lines a difference has, besides the one that counts the rest. */
export const MOST_LINES = 200

// Bytes of a value, and characters of a path, on a line.
const MOST_OF_VALUE = 2_048
const MOST_OF_PATH = 1_024

/**
 * The difference between two JSON values as it is shown. Where payloads are not shown, neither are paths, which may
 * contain what is data: only the number of differences is.
 */
export function diffLines(before: Json, after: Json, mode: PayloadMode): readonly DiffLine[] {
  const { found, more } = differences(before, after, mode === 'none' ? 0 : MOST_LINES)
  const lines: DiffLine[] = found.map((one) => lineOf(one, mode === 'keys'))
  return more > 0 ? [...lines, { op: 'more', path: '', count: more }] : lines
}

function lineOf(difference: Difference, keysOnly: boolean): DiffLine {
  const textOf = (value: Json): string => {
    const { text, cut } = printJson(value, { most: MOST_OF_VALUE, keysOnly })
    return cut ? `${text}…` : text
  }
  const path = pathText(difference.path)
  switch (difference.op) {
    case 'add':
      return { op: 'add', path, after: textOf(difference.after) }
    case 'remove':
      return { op: 'remove', path, before: textOf(difference.before) }
    case 'change':
      return { op: 'change', path, before: textOf(difference.before), after: textOf(difference.after) }
  }
}

const pathText = (path: string): string =>
  visibleText(path.length > MOST_OF_PATH ? `${path.slice(0, MOST_OF_PATH)}…` : path)
