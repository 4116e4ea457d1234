import type { ChildProcess } from 'node:child_process'

/** Waits until a process prints a text; what it prints afterwards is ignored. @throws Error if it ends before */
export function waitForOutput(child: ChildProcess, text: string): Promise<void> {
  let output = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (output.includes(text)) return
      output += chunk
      if (output.includes(text)) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnfile} ended: ${output}`)))
  })
}
