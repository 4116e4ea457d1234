import type { Message } from '../../messages/message.ts'

/** When a sender wants a message to become active, in milliseconds since 1970; 0 for at once. */
export function scheduledTimeOf({ annotations }: Message): number {
  const time = annotations.get('x-opt-scheduled-enqueue-time')?.value
  return time instanceof Date ? time.getTime() : typeof time === 'number' ? time : 0
}
