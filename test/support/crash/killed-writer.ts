import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** An append that a writer process had acknowledged before it died. */
export type Acknowledged = {
  readonly streamId: string
  readonly version: number
  readonly count: number
  readonly of: string
}

const SCRIPT = fileURLToPath(new URL('./writer.ts', import.meta.url))

/**
 * Starts a writer, and kills it some time after its first append was acknowledged.
 *
 * @param url of the storage
 * @param delay milliseconds
 */
export async function killedWriter(url: string, name: string, delay: number): Promise<Acknowledged[]> {
  const writer = spawn(process.execPath, [SCRIPT, url, name], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  writer.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const closed = once(writer, 'close')
  await Promise.race([once(writer.stdout, 'data'), closed])
  await new Promise((resolve) => setTimeout(resolve, delay))
  writer.kill('SIGKILL')
  const [, signal] = await closed
  if (signal !== 'SIGKILL') throw new Error(`Writer ${name} died by itself: ${errors}`)
  // What comes after the last line's end was cut off.
  return output.split('\n').slice(0, -1).map(parse)
}

function parse(line: string): Acknowledged {
  const [streamId, version, count, of] = line.split(' ') as [string, string, string, string]
  return { streamId, version: Number(version), count: Number(count), of }
}
