import { builtin } from '../../core/builtin-modules.ts'

/** What a payload belongs to. */
export type PayloadOwner = {
  /** The person's key, `<key id>.<generation>`, or the category of the stream for a payload that is no person's. */
  readonly owner: string
  readonly streamId: string
  readonly eventId: string
  /** The member of the event's data. */
  readonly field: string
}

/** The longest part of a key, in characters. Four parts then fit into the 1,024 bytes of a key in S3. */
const LONGEST_PART = 200

/**
 * The key under which a payload is stored: `<owner>/<stream>/<eventId>/<field>~<hash>`. The objects of one key share
 * a prefix. The hash, 96 bits of the SHA-256 of the content, keeps an event id that is reused with other content from
 * replacing the object that the first event refers to; a repeat with equal content writes the same object.
 *
 * @param sha256 of the bytes that are stored, which are sealed if they are personal; in hexadecimal
 */
export const objectKey = (owner: PayloadOwner, sha256: string): string =>
  `${objectPrefix(owner)}${Buffer.from(sha256.slice(0, 24), 'hex').toString('base64url')}`

/** The prefix of the key of a payload, whatever its content: no other payload's key begins with it. */
export const objectPrefix = ({ owner, streamId, eventId, field }: PayloadOwner): string =>
  `${ownerPrefix(owner)}${encodePart(streamId)}/${encodePart(eventId)}/${encodePart(field)}~`

/** The prefix of all objects of one owner. */
export const ownerPrefix = (owner: string): string => `${encodePart(owner)}/`

/** The owner, the stream and the event that a key names, if they are not abbreviated and the key is one of ours. */
export function parseObjectKey(key: string): Omit<PayloadOwner, 'field'> | undefined {
  const [owner, streamId, eventId, field, ...others] = key.split('/')
  if (owner === undefined || streamId === undefined || eventId === undefined || field === undefined) return undefined
  if (others.length > 0 || [owner, streamId, eventId].some((part) => part === '' || part.includes('~')))
    return undefined
  try {
    return {
      owner: decodeURIComponent(owner),
      streamId: decodeURIComponent(streamId),
      eventId: decodeURIComponent(eventId),
    }
  } catch {
    return undefined
  }
}

/** Whether a text is a key, or the beginning of one: parts of letters, digits, `_ . - ~ %` that stay in their folder. */
export const isKeyText = (text: string): boolean =>
  /^[\w.~%/-]*$/.test(text) && !text.startsWith('/') && !/(^|\/)\.+(\/|$)|\/\//.test(text)

// Percent-encoded like a part of a URL; a long part ends with a hash of all of it.
function encodePart(part: string): string {
  const encoded = encodeURIComponent(part.toWellFormed())
    .replaceAll(/[!'()*~]/g, escaped)
    .replace(/^\.+$/, (dots) => dots.replaceAll('.', escaped))
  if (encoded.length <= LONGEST_PART && part.isWellFormed() && part !== '') return encoded
  return `${encoded.slice(0, 100).replace(/%.?$/, '')}~${hash(part)}`
}

const escaped = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

// Of the UTF-16, since texts that differ in a lone surrogate only have the same UTF-8.
const hash = (part: string): string =>
  builtin.crypto().createHash('sha256').update(Buffer.from(part, 'utf16le')).digest('base64url')
