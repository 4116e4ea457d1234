import type { Question } from '../probe.ts'
import { appends } from './appends.ts'
import { changeFeed } from './change-feed.ts'
import { ids } from './ids.ts'
import { indexes } from './indexes.ts'
import { metadata } from './metadata.ts'
import { queries } from './queries.ts'
import { scriptLimits } from './script-limits.ts'
import { scripts } from './scripts.ts'
import { sessions } from './sessions.ts'
import { sizes } from './sizes.ts'
import { views } from './views.ts'

/** All questions, those that may leave the account throttled or a script blocked last. */
export const questions: readonly Question[] = [
  ids,
  sessions,
  changeFeed,
  queries,
  appends,
  views,
  scripts,
  sizes,
  indexes,
  metadata,
  scriptLimits,
]
