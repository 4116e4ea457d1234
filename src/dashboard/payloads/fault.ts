import type { Fault } from '../../operations/model/snapshot.ts'
import { visibleText } from '../../process/visible-text.ts'

const MOST_OF_MESSAGE = 2_000

/** A failure as it is shown: without invisible characters, and not longer than a page. */
export const faultOf = ({ code, message }: Fault): Fault => ({
  code: visibleText(code),
  message: visibleText(message.length > MOST_OF_MESSAGE ? `${message.slice(0, MOST_OF_MESSAGE)}…` : message),
})
