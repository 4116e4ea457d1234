import { meterIdSchema } from '../domain/meters/meter-id.ts'

/** The fault of a text as a meter's id, or undefined if it is valid. */
export function meterIdFault(text: string): string | undefined {
  const { error } = meterIdSchema.safeParse(text)
  return error?.issues.map(({ message }) => message).join('; ')
}
