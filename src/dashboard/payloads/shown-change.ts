import type { Json } from '../../core/json/json.ts'
import type { ShownChange } from '../server/folding.ts'
import { diffLines } from './diff-lines.ts'
import { type PayloadMode, payloadOrNull } from './payload.ts'

/** What a value was before and is after, and the difference. Null stands for nothing. */
export const shownChange = (before: Json, after: Json, mode: PayloadMode): ShownChange => ({
  before: payloadOrNull(before, mode),
  after: payloadOrNull(after, mode),
  diff: diffLines(before, after, mode),
})
