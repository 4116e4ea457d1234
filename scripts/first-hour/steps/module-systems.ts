import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'

const CJS = `
const { defineEvents, eventStore, openStorage } = require('tidemark')
const { openEmbedded } = require('tidemark/embedded')
const { WrongExpectedVersion } = require('tidemark/errors')
const { z } = require('zod')

async function main() {
  const storage = await openEmbedded('./cjs')
  const store = eventStore(storage, defineEvents({ Noted: z.object({ text: z.string() }) }))
  const note = { type: 'Noted', data: { text: 'required' } }
  await store.append('note:1', [note], { expectedVersion: 'any' })
  await store.append('note:1', [note], { expectedVersion: 7 }).then(
    () => { throw new Error('That should have been a conflict') },
    (error) => { if (!(error instanceof WrongExpectedVersion)) throw error },
  )
  await storage.close()
  console.log(typeof openStorage)
}
main()
`

/** The package is loaded by `require`, too, which Node does for ES modules without top-level await. */
export function commonJs(project: Project): void {
  writeFileSync(join(project.folder, 'required.cjs'), CJS)
  project.run('required.cjs')
}
