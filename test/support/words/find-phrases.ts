import type { Phrase } from './phrases.ts'

/** A place where a phrase of the list is used. */
export type Finding = { readonly line: number; readonly found: string; readonly better: string }

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** The prose of a Markdown text, in its place: code is blanked out. */
export const proseOfMarkdown = (text: string): string => text.replace(/^\s*```[\s\S]*?^\s*```|`[^`\n]*`/gm, blank)

/** A source text whose wrapped comments can be searched: what begins their lines is blanked out. */
export const proseOfSource = (text: string): string => text.replace(/^[ \t]*(?:\*|\/\/)/gm, blank)

/** Finds the phrases of a list in prose, over line breaks too. */
export function findPhrases(prose: string, phrases: readonly Phrase[]): Finding[] {
  const flat = prose.replace(/\n/g, ' ')
  return phrases.flatMap(({ pattern, better }) => {
    const spaced = new RegExp(pattern.source.replaceAll(' ', ' +'), 'g')
    return [...flat.matchAll(spaced)].map(({ 0: found, index }) => ({
      line: prose.slice(0, index).split('\n').length,
      found: found.replace(/ +/g, ' '),
      better,
    }))
  })
}
