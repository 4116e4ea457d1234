// Installs the servers that some tests run against, in folders of their own: they are too large, or bring packages too
// old, for everyone who installs the project. Names those that could not be installed; their tests are skipped.
import { installFolder, isInstalled } from './install-folder.ts'

const SERVERS = ['s3', 'azure-blob'] as const

const [, , ...names] = process.argv
const unknown = names.filter((name) => !SERVERS.some((server) => server === name))
if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are ${SERVERS.join(', ')}`)

for (const name of names.length > 0 ? names : SERVERS) {
  const folder = new URL(`../test/servers/${name}/`, import.meta.url).pathname
  if (isInstalled(folder)) continue
  try {
    await installFolder(folder)
    console.log(`Installed test/servers/${name}`)
  } catch (error) {
    const [first] = String(error).split('\n')
    console.error(`SKIPPED: the tests on test/servers/${name}, because it could not be installed (${first})`)
  }
}
