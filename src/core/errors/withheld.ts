// The names of classes, and no other texts.
const NAME = /^[A-Za-z_$][\w$]{0,63}$/
// With a place, which a line of a message hardly has.
const FRAME = /^\s+at .*:\d+:\d+\)?$/
const FRAMES = 3

/**
 * An error in place of one whose message may quote personal data: with its name and its stack frames, without its
 * message, fields and causes.
 */
export function withheld(error: unknown): Error {
  const name = error instanceof Error && NAME.test(error.name) ? error.name : 'Error'
  const frames = error instanceof Error ? framesOf(error) : []
  const places = frames.slice(0, FRAMES).map((frame) => frame.trim())
  const kept = new Error([`${name} (its message is withheld, since it may be personal)`, ...places].join(' '))
  kept.name = name
  kept.stack = [`${name}: its message is withheld`, ...frames].join('\n')
  return kept
}

/** The lines of a stack after its message. A line of the message may look like one of them. */
function framesOf({ message, stack = '' }: Error): readonly string[] {
  const at = stack.indexOf(message)
  if (at < 0) return []
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
}
