import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Compiler } from './compilers.ts'

// What an editor shows: the language service of TypeScript 5.9 or 6.0 is asked, as 7.0 has none in its package.

/** The part of the compiler's API that is used. */
type TypeScript = {
  readonly sys: {
    fileExists(path: string): boolean
    readFile(path: string): string | undefined
    readDirectory(path: string): string[]
    directoryExists(path: string): boolean
    getDirectories(path: string): string[]
  }
  readonly ModuleKind: { readonly NodeNext: number }
  readonly ScriptTarget: { readonly ES2022: number }
  readonly ScriptSnapshot: { fromString(text: string): unknown }
  getDefaultLibFilePath(options: object): string
  createLanguageService(host: object): LanguageService
  displayPartsToString(parts: unknown): string
  flattenDiagnosticMessageText(message: unknown, newLine: string): string
}
type LanguageService = {
  getQuickInfoAtPosition(file: string, position: number): { readonly displayParts: unknown } | undefined
  getSemanticDiagnostics(file: string): readonly { readonly start: number; readonly messageText: unknown }[]
}

/** Asks one compiler about files of a folder. */
export function languageService(folder: string, compiler: Compiler) {
  const ts = createRequire(join(folder, 'package.json'))(compiler) as TypeScript
  const options = {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
  }
  const roots: string[] = []
  const { fileExists, readFile, readDirectory, directoryExists, getDirectories } = ts.sys
  const service = ts.createLanguageService({
    fileExists,
    readFile,
    readDirectory,
    directoryExists,
    getDirectories,
    getScriptFileNames: () => roots,
    getScriptVersion: () => '1',
    getScriptSnapshot: (path: string) => {
      const text = ts.sys.readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (given: object) => ts.getDefaultLibFilePath(given),
  })
  const open = (file: string) => {
    const path = join(folder, file)
    if (!roots.includes(path)) roots.push(path)
    return { path, text: readFileSync(path, 'utf8') }
  }
  return {
    /** What the editor shows of a name, at the first place that `before` and the name stand at. */
    hover(file: string, name: string, before = ''): string {
      const { path, text } = open(file)
      const at = text.search(new RegExp(`${before}\\b${name}\\b`)) + before.replaceAll('\\', '').length
      const info = service.getQuickInfoAtPosition(path, at)
      return info ? ts.displayPartsToString(info.displayParts) : `${name} is not there`
    },
    /** The messages of a file, each under the last comment before it. */
    messages(file: string): string {
      const { path, text } = open(file)
      const messages = service.getSemanticDiagnostics(path).map(({ start, messageText }) => {
        const comment = text
          .slice(0, start)
          .match(/^\/\/ .*$/gm)
          ?.at(-1)
        return `${comment}\n${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
      return messages.join('\n\n')
    },
  }
}
