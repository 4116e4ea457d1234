// CloudEvents' bindings for HTTP and NATS encode the values of headers in the same way.

/** An attribute's text as the value of a header. */
export const encodeHeader = (value: string | number | boolean): string =>
  String(value).replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    Array.from(encoder.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )

/** The text in a header, which may be quoted; undefined if what is encoded in it is not UTF-8. */
export function decodeHeader(value: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1]
  const plain = quoted === undefined ? value : quoted.replaceAll(/\\(.)/g, '$1')
  try {
    // What is no pair of digits after a percent sign stands for itself.
    return plain.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => decodeURIComponent(bytes))
  } catch {
    return undefined
  }
}

const encoder = new TextEncoder()
