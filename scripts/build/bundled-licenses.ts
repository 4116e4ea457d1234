import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rolldown } from 'tsdown'

type PackageJson = { readonly name: string; readonly version: string; readonly license?: string }

/** Writes the versions and licenses of all packages whose code is in the bundle into one file beside it. */
export const bundledLicenses: Rolldown.Plugin = {
  name: 'bundled-licenses',
  generateBundle(_, bundle) {
    const ids = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []))
    const folders = new Set(ids.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []))
    const notices = [...folders].map(noticeOf).sort()
    if (notices.length === 0) return
    const title = 'Tidemark includes code of the following packages.\n'
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source: [title, ...notices].join('\n') })
  },
}

/** @throws Error when a package comes without the text of its license */
function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
  const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  if (file === undefined) throw new Error(`${name} has no file with its license`)
  return `--- ${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
