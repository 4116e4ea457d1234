import type { ChildProcess } from 'node:child_process'

/** Waits until a process prints a text; what it prints afterwards is ignored. @throws Error if it ends before */
export function waitForOutput(child: ChildProcess, text: string): Promise<void> {
  let output = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      if (output.includes(text)) return
      output += chunk
      if (output.includes(text)) resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnfile} ended: ${output}`)))
  })
}
