import { InvalidOption } from '../../../core/errors/input.ts'
import { AnchorUnavailable } from '../../../core/errors/integrity.ts'
import { headIn } from '../../notes/head-text.ts'
import { MAX_NOTE_BYTES } from '../../notes/signed-note.ts'
import type { Anchor } from '../anchor.ts'
import { runCommand } from './run-command.ts'

/** How heads are kept by programs. */
export type CommandAnchorOptions = {
  /** What people call it; by default `command`, and the program. */
  readonly name?: string
  /**
   * The program and its arguments that keep a note, which it reads from standard input: it commits it to a repository,
   * uploads it under a retention policy, or has it time-stamped. Its exit code is 0 once the note is kept. The variables
   * `CHAIN_ORIGIN` and `CHAIN_SIZE` say whose head it is, and of how many blocks.
   */
  readonly publish: readonly string[]
  /**
   * The program and its arguments that print the newest note of the chain `CHAIN_ORIGIN`, or nothing if there is none.
   * Without it, heads are only kept for verification, and cannot stop a forked ledger from being signed.
   */
  readonly latest?: readonly string[]
  /** Milliseconds that each of them may take. Default 30,000. */
  readonly timeout?: number
}

/**
 * Keeps heads by means of programs, which are run without a shell.
 *
 * @throws InvalidOption
 */
export function commandAnchor({ publish, latest, name, timeout = 30_000 }: CommandAnchorOptions): Anchor {
  const publishing = argumentsOf('publish', publish)
  const reading = latest && argumentsOf('latest', latest)
  const called = name ?? `command ${publishing[0]}`
  // What was published last, for who has no program that reads it.
  const published = new Map<string, string>()

  async function run(
    command: Arguments,
    input: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<string> {
    const outcome = await runCommand(command, { timeout, maxOutput: MAX_NOTE_BYTES, input, environment })
    if ('failure' in outcome) throw new AnchorUnavailable(`${called}: ${command[0]} ${outcome.failure}`)
    return outcome.output
  }

  return {
    name: called,
    async publish(note) {
      const { origin, size } = headIn(note)
      await run(publishing, note, { CHAIN_ORIGIN: origin, CHAIN_SIZE: `${size}` })
      published.set(origin, note)
      return note
    },
    async latest(origin) {
      if (reading === undefined) return published.get(origin)
      return (await run(reading, '', { CHAIN_ORIGIN: origin })) || undefined
    },
  }
}

type Arguments = readonly [string, ...string[]]

function argumentsOf(option: string, command: readonly string[]): Arguments {
  const [program, ...argv] = command
  if (program !== undefined && program !== '' && command.every((part) => !part.includes('\0')))
    return [program, ...argv]
  throw new InvalidOption(option, 'a program and its arguments', command)
}
