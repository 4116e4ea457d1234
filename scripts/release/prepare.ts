// Makes the unreleased changes a version: `npm run release:prepare -- 0.2.0`. Commits and tags nothing.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { releaseIn } from './changelog.ts'

const [version] = process.argv.slice(2)
if (version === undefined) throw new Error('Usage: npm run release:prepare -- <version>')
const file = new URL('../../CHANGELOG.md', import.meta.url)
const changelog = releaseIn(readFileSync(file, 'utf8'), version, new Date().toISOString().slice(0, 10))
// npm refuses what is not a version, and the version that is there already.
for (const folder of ['../../', '../../create-tidemark/']) {
  const cwd = new URL(folder, import.meta.url)
  execFileSync('npm', ['version', '--no-git-tag-version', version], { cwd, stdio: 'inherit' })
}
writeFileSync(file, changelog)
console.log(`Commit this, and tag it v${version}: the tag is what publishes it`)
