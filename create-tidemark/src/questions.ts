import { createInterface } from 'node:readline/promises'
import { CHOICES, type Choices } from './choices.ts'

/** The person at the terminal ended the conversation. */
export class Cancelled extends Error {}

/** Both ends of a conversation. */
export type Streams = {
  readonly input: NodeJS.ReadableStream & { isTTY?: boolean }
  readonly output: NodeJS.WritableStream & { isTTY?: boolean }
}

/** Asks on a terminal. */
export type Questions = {
  /** @returns what was answered, or the default for an empty answer; asks again until it is valid @throws Cancelled */
  ask(question: string, fallback: string, rule: string, isValid: (answer: string) => boolean): Promise<string>
  /** @throws Cancelled */
  confirm(question: string): Promise<boolean>
  close(): void
}

/** Begins to ask, on a terminal. */
export function questions({ input, output }: Streams): Questions {
  const lines = createInterface({ input, output })
  const ended = new AbortController()
  lines.once('close', () => ended.abort())
  lines.once('SIGINT', () => lines.close())

  async function line(question: string): Promise<string> {
    try {
      return (await lines.question(question, { signal: ended.signal })).trim()
    } catch {
      throw new Cancelled('cancelled: nothing was written')
    }
  }

  return {
    async ask(question, fallback, rule, isValid) {
      for (;;) {
        const answer = (await line(`${question} [${fallback}]: `)) || fallback
        if (isValid(answer)) return answer
        output.write(`It must be ${rule}.\n`)
      }
    },
    async confirm(question) {
      return /^y(es)?$/i.test(await line(`${question} [y/N]: `))
    },
    close: () => lines.close(),
  }
}

/** Asks for the choices that were not made. @throws Cancelled */
export async function askChoices(asking: Questions, chosen: Partial<Choices>, defaults: Choices): Promise<Choices> {
  const answers: Record<string, string> = { ...defaults, ...chosen }
  for (const [name, { question, among, rule, isValid }] of Object.entries(CHOICES)) {
    if (Object.hasOwn(chosen, name)) continue
    const text = among === undefined ? question : `${question} (${among.join(', ')})`
    answers[name] = await asking.ask(text, answers[name] as string, rule, isValid)
  }
  return answers as Choices
}

/** Whether someone can be asked: both ends of the conversation are a terminal, and this is no automatic run. */
export const canAsk = ({ input, output }: Streams, environment: NodeJS.ProcessEnv): boolean =>
  input.isTTY === true && output.isTTY === true && !environment.CI
