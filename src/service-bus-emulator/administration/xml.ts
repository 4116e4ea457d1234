/** An element of XML: its name without a prefix, its elements, and the text directly in it. */
export type Element = { readonly name: string; readonly children: readonly Element[]; readonly text: string }

/** A text that is not XML, or not what is read here. */
export class InvalidXml extends Error {}

const TOKEN =
  /<\?[^>]*\?>|<(?<end>\/?)(?<name>[\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Reads a document without comments, declarations of types or CDATA, as clients send it. @throws InvalidXml */
export function parseXml(source: string): Element {
  const root = { name: '', children: [] as Element[], text: '' }
  const open = [root]
  const token = new RegExp(TOKEN)
  while (token.lastIndex < source.length) {
    const groups = token.exec(source)?.groups
    const parent = open.at(-1)
    if (groups === undefined || parent === undefined) throw new InvalidXml('The body is not XML that can be read here.')
    const { end, name, empty, text } = groups
    if (text !== undefined) parent.text += unescapeXml(text)
    else if (name === undefined) continue
    else if (end === '/') {
      if (parent === root || parent.name !== localName(name))
        throw new InvalidXml(`The element ${name} ends elsewhere.`)
      open.pop()
    } else {
      const element = { name: localName(name), children: [], text: '' }
      parent.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  const [document] = root.children
  if (open.length > 1 || document === undefined) throw new InvalidXml('The body ends within an element.')
  return document
}

/** The first element of that name among the children. */
export const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((child) => child.name === name)

/** Text as it is written in an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

const unescapeXml = (text: string): string =>
  text.replaceAll(/&(?:#x(?<hex>[\da-fA-F]+)|#(?<decimal>\d+)|(?<name>\w+));/g, (...match) => {
    const { hex, decimal, name } = match.at(-1) as Readonly<Record<string, string | undefined>>
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    const character = name === undefined ? (code <= 0x10ffff ? String.fromCodePoint(code) : undefined) : ENTITIES[name]
    if (character === undefined) throw new InvalidXml('The body has an unknown entity.')
    return character
  })
