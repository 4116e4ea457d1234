import { spawnSync } from 'node:child_process'

// In a process of its own: closing a file here would drop the locks that this process has on it.
const SCRIPT = `
  const { readdirSync, readFileSync } = require('node:fs')
  const [folder, ...needles] = process.argv.slice(1)
  const found = []
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(folder + '/' + name)
    for (const needle of needles) if (bytes.includes(needle)) found.push(name + ': ' + needle)
  }
  process.stdout.write(JSON.stringify(found.sort()))`

/** Which files of a folder hold which of some texts, wherever in them, as `file: text`. */
export function findNeedles(folder: string, needles: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT, folder, ...needles], { encoding: 'utf8' })
  if (stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout)
}
