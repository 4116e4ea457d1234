// Checks that what is about to be published is one release: `npm run release:check -- v0.2.0 [--notes <file>]`.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { sectionsOf } from './changelog.ts'
import { releaseFaults } from './release-faults.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const versionIn = (file: string): string => (JSON.parse(read(file)) as { version: string }).version

const { positionals, values } = parseArgs({ allowPositionals: true, options: { notes: { type: 'string' } } })
const [tag = process.env.GITHUB_REF_NAME ?? ''] = positionals
const version = versionIn('package.json')
const changelog = read('CHANGELOG.md')
const locked = versionIn('package-lock.json')
const create = versionIn('create-tidemark/package.json')
const faults = releaseFaults({ tag, version, locked, create, changelog })
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
else console.log(`${tag} can be released`)
if (values.notes !== undefined) {
  writeFileSync(values.notes, `${sectionsOf(changelog).find((section) => section.version === version)?.text ?? ''}\n`)
}
