// Builds or serves the documentation site: `npm run docs` and `npm run docs:build`.

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installFolder, isInstalled } from '../scripts/install-folder.ts'
import { faultsOf, firstPageBytes } from './check-site.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const [command] = process.argv.slice(2)

if (!isInstalled(folder)) {
  console.error('installing what builds the site into site/node_modules')
  await installFolder(folder)
}

const { writeApiReference } = await import('./api-reference.ts')
const { build, createServer } = await import('vitepress')
await writeApiReference()
if (command === 'build') {
  await build(folder)
  const paths = globSync('**/*.{html,css,js,svg}', { cwd: `${folder}dist` })
  const files = new Map(paths.map((path) => [path, readFileSync(`${folder}dist/${path}`, 'utf8')]))
  const base = process.env.DOCS_BASE ?? '/'
  const faults = faultsOf(files, base)
  for (const fault of faults) console.error(fault)
  console.log(`The first page loads ${firstPageBytes(files, base)} bytes of ${paths.length} files`)
  if (faults.length > 0) process.exitCode = 1
} else {
  const server = await createServer(folder, { host: '127.0.0.1' })
  await server.listen()
  server.printUrls()
}
