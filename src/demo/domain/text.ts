import { z } from 'zod'

/** Text from a form: not empty, of limited length, and encodable as UTF-8. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** What readers get in place of personal data once its person was forgotten. */
export const FORGOTTEN = '(forgotten)'
