import { TidemarkError } from '../../core/errors/base.ts'
import type { Fault } from '../../operations/model/snapshot.ts'
import { visibleText } from '../../process/visible-text.ts'
import type { PayloadMode } from './payload.ts'

const MOST_OF_MESSAGE = 2_000

/** A failure as it is shown: without invisible characters, and not longer than a page. */
export const faultOf = ({ code, message }: Fault): Fault => ({
  code: visibleText(code),
  message: visibleText(message.length > MOST_OF_MESSAGE ? `${message.slice(0, MOST_OF_MESSAGE)}…` : message),
})

const NOT_SHOWN = 'The message is not shown, because payloads are not.'

/** A failure of the user's code as it is shown: its message may quote what is not to be shown of payloads. */
export const failureOfCode = (fault: Fault, payloads: PayloadMode): Fault =>
  faultOf(payloads === 'full' ? fault : { ...fault, message: NOT_SHOWN })

/** What may be shown of any error: of one that is not Tidemark's, the message may say anything. */
export const knownFault = (error: unknown): Fault =>
  error instanceof TidemarkError ? faultOf(error) : { code: 'unexpected', message: 'unexpected error' }
