import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect } from 'vitest'

const run = promisify(execFile)
const PAGE = new URL('../../../docs/tutorial.md', import.meta.url)
const FENCE = /<!-- demo -->\n+```sh\n([\s\S]*?)\n```/g

/**
 * The commands of the tutorial that are sent to the demo, each part as a function that runs it as it is written, but at
 * the demo's own address.
 *
 * @param folder in which they run: that of `./data`
 */
export async function tutorialCommands(api: string, folder: string) {
  const parts = [...(await readFile(PAGE, 'utf8')).matchAll(FENCE)].map(([, code = '']) =>
    code.replaceAll('http://127.0.0.1:3000', api),
  )
  expect(parts).toHaveLength(4)
  const output = async (part: number) => (await run('bash', ['-euc', parts[part] as string], { cwd: folder })).stdout
  return {
    /** Registers a customer with a contract and a meter, and sees them. */
    async registerAndSee(): Promise<void> {
      expect(await output(0)).toMatch(/"version":1\}.*"version":1\}.*"version":1\}/)
      const seen = await output(1)
      expect(seen.match(/"name":"Ada Lovelace"/g)).toHaveLength(2)
      expect(seen.match(/"meters":\["87000001"\]/g)).toHaveLength(2)
      expect(seen).toContain('"postalCode":"1012 AB"')
      expect(seen).toContain('signed by Ada Lovelace')
      expect(seen).toContain('"code":"ValueTaken"')
    },
    /** Forgets the customer, and sees stand-ins. */
    async forget(): Promise<void> {
      const seen = await output(2)
      expect(seen).toMatch(/^\{"customerId":"c-1","forgotten":true\}\{"customerId":"c-1","name":"\(forgotten\)"/)
      expect(seen.match(/"postalCode":"\(forgotten\)"/g)).toHaveLength(2)
      expect(seen).toContain('{"items":[]}')
      expect(seen).toContain('"status":410')
      expect(seen).not.toMatch(/lovelace|ada@|1012 AB/i)
    },
    /** What is found in `./data`. */
    search: () => output(3),
  }
}
