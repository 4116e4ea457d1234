import { spawn } from 'node:child_process'

/** How a command is run. */
export type CommandOptions = {
  /** Milliseconds until it is killed. */
  readonly timeout: number
  /** Bytes of its output after which it is killed. */
  readonly maxOutput: number
  readonly input: string
  readonly environment: Readonly<Record<string, string>>
}

/** How a command ended: its output if its exit code was 0, or what went wrong. */
export type CommandOutcome = { readonly output: string } | { readonly failure: string }

/**
 * Runs a program without a shell: its arguments are passed as they are. What it writes to standard error appears on
 * that of this process.
 */
export function runCommand(
  [program, ...argv]: readonly [string, ...string[]],
  { timeout, maxOutput, input, environment }: CommandOptions,
): Promise<CommandOutcome> {
  const { promise, resolve } = Promise.withResolvers<CommandOutcome>()
  const child = spawn(program, argv, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
    // A group of its own, so that what it started ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const chunks: Buffer[] = []
  let bytes = 0
  const end = (outcome: CommandOutcome) => {
    clearTimeout(timer)
    resolve(outcome)
  }
  const stop = (failure: string) => {
    killGroup(child.pid)
    child.stdout.destroy()
    end({ failure })
  }
  const timer = setTimeout(() => stop(`did not end within ${timeout} ms`), timeout)
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxOutput) stop(`printed more than ${maxOutput} bytes`)
    else chunks.push(chunk)
  })
  // A program need not read its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  child.on('error', (error: NodeJS.ErrnoException) => end({ failure: `could not be started (${error.code})` }))
  child.on('close', (code, signal) => {
    if (code === 0) end({ output: Buffer.concat(chunks).toString() })
    else end({ failure: code === null ? `was ended by ${signal}` : `ended with exit code ${code}` })
  })
  return promise
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
