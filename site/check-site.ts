import { gzipSync } from 'node:zlib'

/** The files of a built site by their paths, `guides/http.html`. */
export type SiteFiles = ReadonlyMap<string, string>

/** What the first page may come to with all that it loads, in bytes as a server sends them with gzip. */
export const MOST_OF_FIRST_PAGE = 200_000

/**
 * What is wrong with a built site: resources from elsewhere, links to anchors that are not there, or a first page that
 * is too large.
 *
 * @param base the path under which the site lies on its server, which begins and ends with a slash
 */
export function faultsOf(files: SiteFiles, base: string): string[] {
  const bytes = firstPageBytes(files, base)
  return [
    ...[...files].flatMap(([path, text]) => foreignResources(path, text)),
    ...deadAnchors(files, base),
    ...(bytes > MOST_OF_FIRST_PAGE ? [`index.html loads ${bytes} bytes, and ${MOST_OF_FIRST_PAGE} are the most`] : []),
  ]
}

/** What `index.html` loads, itself included: scripts, what these import, styles, and what those name. */
export function firstPageBytes(files: SiteFiles, base: string): number {
  const loaded = new Set<string>()
  const load = (path: string) => {
    const text = files.get(path)
    if (text === undefined) throw new Error(`${path} is not there`)
    if (loaded.has(path)) return
    loaded.add(path)
    for (const reference of referencesOf(path, text)) load(resolve(reference, path, base))
  }
  load('index.html')
  return [...loaded].reduce((sum, path) => sum + gzipSync(files.get(path) ?? '').length, 0)
}

function referencesOf(path: string, text: string): string[] {
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, reference = '']) => reference)
  const isOwn = (reference: string) => !/^([a-z]+:|#)/.test(reference)
  if (path.endsWith('.html')) {
    return [...tags(text, 'link', 'href'), ...tags(text, 'script', 'src'), ...tags(text, 'img', 'src')].filter(isOwn)
  }
  if (path.endsWith('.css')) return found(/url\(["']?([^"')]+)["']?\)/g).filter(isOwn)
  // Static imports; what is imported in the course of things is not part of the first page.
  if (path.endsWith('.js')) return found(/(?:^|[;}\n])(?:import|export)[^;"'()]*["'](\.{1,2}\/[^"']+)["']/g)
  return []
}

const tags = (html: string, tag: string, attribute: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}\\b[^>]*\\s${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value)

const resolve = (reference: string, from: string, base: string): string =>
  decodeURIComponent(new URL(reference, `http://site${base}${from}`).pathname).slice(base.length)

function foreignResources(path: string, text: string): string[] {
  const loaded = path.endsWith('.html')
    ? [...tags(text, 'link', 'href'), ...['script', 'img', 'iframe'].flatMap((tag) => tags(text, tag, 'src'))]
    : path.endsWith('.css')
      ? [...text.matchAll(/(?:url\(["']?|@import ["'])([^"')]+)/g)].map(([, value = '']) => value)
      : []
  return loaded.filter((value) => /^(https?:)?\/\//.test(value)).map((value) => `${path} loads ${value}`)
}

function deadAnchors(files: SiteFiles, base: string): string[] {
  const faults: string[] = []
  const ids = new Map<string, ReadonlySet<string>>()
  const idsOf = (page: string): ReadonlySet<string> => {
    const known =
      ids.get(page) ?? new Set([...(files.get(page) ?? '').matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string))
    ids.set(page, known)
    return known
  }
  for (const [path, text] of files) {
    if (!path.endsWith('.html')) continue
    for (const href of new Set(tags(text, 'a', 'href'))) {
      const [target = '', anchor] = href.split('#')
      if (!anchor || /^([a-z]+:|\/\/)/.test(href)) continue
      const page = target === '' ? path : pageOf(resolve(target, path, base), files)
      if (page === undefined) faults.push(`${path} links to ${href}: there is no such page`)
      else if (!idsOf(page).has(decodeURIComponent(anchor)))
        faults.push(`${path} links to ${href}: there is no such anchor`)
    }
  }
  return faults
}

const pageOf = (path: string, files: SiteFiles): string | undefined =>
  [path, `${path}.html`, `${path}index.html`].find((candidate) => candidate !== '' && files.has(candidate))
