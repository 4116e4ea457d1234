/**
 * An error as the log has it: its type, message and fields, and where it was thrown. Each cause is named once: the
 * messages of Tidemark's own errors already say why, and a stack would repeat both.
 */
export function logError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name: _, cause: __, stack: ___, message: ____, ...fields } = { ...error } as Record<string, unknown>
  const chain = causesOf(error)
  const messages: string[] = []
  for (const { message } of chain) {
    if (message !== '' && !messages.some((said) => said.includes(message))) messages.push(message)
  }
  const stacks = chain.map((one, i) => (i === 0 ? framesOf(one) : `caused by ${one.name}\n${framesOf(one)}`))
  return { type: error.constructor.name, message: messages.join(': '), ...fields, stack: stacks.join('\n') }
}

// A chain that is longer, or a ring, is of no use to anybody.
const MOST = 10

function causesOf(error: Error): Error[] {
  const chain = [error]
  for (let { cause } = error; cause instanceof Error && chain.length < MOST && !chain.includes(cause); ) {
    chain.push(cause)
    cause = cause.cause
  }
  return chain
}

/** The lines of a stack that say where, without those that repeat the message. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
