// Names that every file system can hold and keep apart, also one that ignores case.
const LONGEST_NAME = 200
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/

/**
 * The path of a key, as names below the folder. A capital letter is written as `^` and a small one, and a name that is
 * too long continues in another folder: `abc+/def`. No path begins with `+`, which marks files that are being written.
 */
export function pathOfKey(key: string): readonly string[] {
  return key.split('/').flatMap((part) => pieces(encodeCase(part)))
}

/** The key that a path is for, or undefined if it is for none. */
export function keyOfPath(names: readonly string[]): string | undefined {
  const key = decodeCase(names.join('/').replaceAll('+/', ''))
  return pathOfKey(key).join('/') === names.join('/') ? key : undefined
}

const encodeCase = (part: string): string => {
  const name = part.replaceAll(/[A-Z]/g, (letter) => `^${letter.toLowerCase()}`).replace(/\.$/, '^.')
  return RESERVED_ON_WINDOWS.test(name) ? `^_${name}` : name
}

const decodeCase = (name: string): string =>
  name.replaceAll(/\^(.)/g, (_, letter: string) => (letter === '_' ? '' : letter.toUpperCase()))

function pieces(name: string): string[] {
  const names: string[] = []
  for (let from = 0; from < name.length; from += LONGEST_NAME) names.push(`${name.slice(from, from + LONGEST_NAME)}+`)
  names.push((names.pop() ?? '').replace(/\+$/, ''))
  return names
}
