import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'

const root = new URL('../../../', import.meta.url).pathname

// The same in every module system; what differs is how the names come in.
const BODY = `
async function main() {
  const storage = await openEmbedded('./notes')
  const store = eventStore(storage, defineEvents({ Noted: z.object({ text: z.string() }) }))
  const note = { type: 'Noted' as const, data: { text: 'loaded' } }
  await store.append('note:1', [note], { expectedVersion: 'any' })
  const error = await store.append('note:1', [note], { expectedVersion: 77 }).catch((error: unknown) => error)
  if (!(error instanceof WrongExpectedVersion)) throw new Error('That should have been a conflict')
  await storage.close()
}
`
const IMPORTS = `
import { defineEvents, eventStore } from 'tidemark'
import { openEmbedded } from 'tidemark/embedded'
import { WrongExpectedVersion } from 'tidemark/errors'
import { z } from 'zod'
`
const REQUIRES = `
const { defineEvents, eventStore } = require('tidemark')
const { openEmbedded } = require('tidemark/embedded')
const { WrongExpectedVersion } = require('tidemark/errors')
const { z } = require('zod')
`

/** The package is loaded by `require`, too, which Node does for ES modules without top-level await. */
export function commonJs(project: Project): void {
  writeFileSync(join(project.folder, 'required.cts'), `${REQUIRES}${BODY}main()\n`)
  project.run('required.cts')
}

/** Tools that load or bundle modules in ways of their own; see docs/reference/module-systems.md. */
export function tools(project: Project): void {
  const { folder } = project
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', 'tsx@4', 'esbuild']
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit', timeout: 300_000 })
  // The repository has it already, and to install it takes longer than all the rest.
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'))
  writeFileSync(join(folder, 'loaded.mts'), `${IMPORTS}${BODY}await main()\n`)
  writeFileSync(join(folder, 'loaded.cts'), `${IMPORTS}${BODY}main()\n`)
  writeFileSync(join(folder, 'loaded.test.ts'), `import { test } from 'vitest'\n${IMPORTS}${BODY}test('loads', main)\n`)

  succeed(project, 'tsx', 'loaded.mts')
  succeed(project, 'tsx', 'loaded.cts')
  project.run(join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, 'loaded.test.ts')
  const options = ['--bundle', '--platform=node', '--format=esm', '--external:tidemark', '--outfile=bundled.mjs']
  succeed(project, 'esbuild', 'loaded.mts', ...options)
  project.run('bundled.mjs')
}

function succeed(project: Project, name: string, ...args: string[]): void {
  const { code, stdout, stderr } = project.command(name, ...args)
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} exited with ${code}:\n${stdout}${stderr}`)
}
