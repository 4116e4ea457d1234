import { meterIdSchema } from '../domain/meter-id.ts'

/** What keeps a text from being a meter's id, or undefined when nothing does. */
export function meterIdFault(text: string): string | undefined {
  const { error } = meterIdSchema.safeParse(text)
  return error?.issues.map(({ message }) => message).join('; ')
}
