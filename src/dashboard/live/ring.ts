import type { Message } from './message.ts'

/** The latest messages, from which a client resumes. */
export type Ring = {
  add(message: Message): void
  /** The messages after one, in their order; undefined if some of them are gone. */
  after(n: number): readonly Message[] | undefined
}

const MOST_MESSAGES = 512

// Characters, which are bytes but for what people wrote in other scripts.
const MOST_CHARACTERS = 256 * 1024

/** @param latest the number of the latest message before the ring began */
export function createRing(latest = 0): Ring {
  const messages: Message[] = []
  let characters = 0
  let newest = latest
  return {
    add(message) {
      messages.push(message)
      newest = message.n
      characters += message.text.length
      while (messages.length > MOST_MESSAGES || characters > MOST_CHARACTERS) {
        characters -= messages.shift()?.text.length ?? 0
      }
    },
    after(n) {
      const oldest = messages[0]?.n ?? newest + 1
      return n >= oldest - 1 && n <= newest ? messages.slice(n + 1 - oldest) : undefined
    },
  }
}
