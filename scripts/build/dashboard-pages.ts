import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Rolldown } from 'tsdown'

const ui = fileURLToPath(new URL('../../src/dashboard/ui/', import.meta.url))

/**
 * Writes what the pages of the dashboard need beside their code: the HTML page, the styles as one file, the icon, and
 * `files.json`, the list of all that may be served.
 */
export const dashboardPages: Rolldown.Plugin = {
  name: 'dashboard-pages',
  // The indentation of templates means nothing, and would be sent to every browser.
  transform: (code, id) => (id.startsWith(ui) ? code.replace(/\n\s+/g, '\n').replace(/>\n</g, '><') : undefined),
  generateBundle(_, bundle) {
    const main = Object.values(bundle).find((output) => output.type === 'chunk' && output.isEntry)
    if (main === undefined) throw new Error('The pages of the dashboard have no entry')
    const styles = Buffer.from(minifyCss(readStyles(join(ui, 'styles/main.css'))))
    const icon = readFileSync(join(ui, 'favicon.svg'))
    const names = { styles: hashed('styles', '.css', styles), icon: hashed('favicon', '.svg', icon) }
    const page = readFileSync(join(ui, 'index.html'), 'utf8')
      .replace('dashboard/ui/styles/main.css', names.styles)
      .replace('dashboard/ui/favicon.svg', names.icon)
      .replace('dashboard/ui/main.ts', main.fileName)
    const files = { [names.styles]: styles, [names.icon]: icon, 'index.html': page.replace(/\n\s*/g, '') }
    const served = [...Object.keys(bundle).filter((name) => name.endsWith('.js')), ...Object.keys(files)]
    for (const [fileName, source] of Object.entries({ ...files, 'files.json': JSON.stringify(served.sort()) })) {
      this.emitFile({ type: 'asset', fileName, source })
    }
  },
}

/** A style sheet with those that it imports in their place. */
function readStyles(file: string): string {
  const text = readFileSync(file, 'utf8')
  return text.replace(/@import "([^"]+)";/g, (_, path: string) => readStyles(join(dirname(file), path)))
}

/** Without comments and white space that means nothing; it holds no text in which those would mean something. */
function minifyCss(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim()
}

const hashed = (name: string, extension: string, content: Buffer) =>
  `${name}-${createHash('sha256').update(content).digest('base64url').slice(0, 8)}${extension}`
