import { z } from 'zod'

/** An e-mail address, with letters of any script. */
export const emailSchema = z
  .email({ pattern: z.regexes.unicodeEmail, error: 'must be an e-mail address' })
  .max(254)
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** The form in which e-mail addresses are compared: letter case makes no difference. */
export const emailKey = (email: string): string => email.normalize('NFC').toLowerCase()
